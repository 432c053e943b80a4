/** What networks answer that do not choose one class per image: one file per task. */
package org.bitgaze.explain.task;
