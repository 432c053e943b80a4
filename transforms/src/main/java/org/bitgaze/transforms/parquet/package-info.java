/** Parquet datasets of rows and maps, written by workers. */
package org.bitgaze.transforms.parquet;
