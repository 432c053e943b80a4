/** Tables and the forms in which they are shown: text, Markdown, LaTeX, HTML and CSV. */
package org.bitgaze.pipelines.table;
