package org.bitgaze.explain;

import java.io.Serializable;

/** What an image really shows, as its label says; each task has a kind of its own. */
public interface Truth extends Serializable {}
