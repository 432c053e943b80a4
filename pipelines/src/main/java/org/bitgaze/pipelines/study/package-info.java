/** A study of calibration: how far results depend on the calibration images and the rule. */
package org.bitgaze.pipelines.study;
