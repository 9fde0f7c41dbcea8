// Package sim plays the life of a small registry from one seed: commands that collide, valid and not,
// of many registrars, with jumps of time, runs of the engine and restarts between them. The same life is
// played on SQLite and on PostgreSQL, and everything that anybody is told, and everything that is
// kept, has to be the same. Architecture section 8.
//
// SIM_SEED repeats a life that failed.
package sim
