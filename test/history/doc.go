// Package history checks what registrars see when they act at the same moment. Every outcome of every
// command, on one node or on several, has to be explained by one order of the commands in which each
// takes effect at one instant between its call and its answer; porcupine looks for that order. The
// models say what a command may answer in a state that is known; the commands run against a real
// store.
//
// Failing histories are written as a page that a browser shows, and as text; the test says where.
// HISTORY_SEED repeats the choices of a run; the scheduling nobody can repeat.
package history
