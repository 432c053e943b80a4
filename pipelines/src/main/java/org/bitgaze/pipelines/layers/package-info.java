/** Which layers move a network's attention, and which may have how many bits. */
package org.bitgaze.pipelines.layers;
