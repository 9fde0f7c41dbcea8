// Package sim plays the life of a small registry from one seed: commands that collide, valid and not,
// of many registrars, with jumps of time, runs of the engine and restarts between them. Architecture
// section 8.
//
// TestModel holds it against a model, a second registry written from decisions.md that knows no database, no
// engine and no delay: it predicts each answer and all that can be seen after it, on a registry with an engine
// and on one without, with faults of the database and crashes. TestSim plays the same life on SQLite and on
// PostgreSQL, and everything that anybody is told, and everything that is kept, has to be the same.
//
// SIM_SEED repeats a life that failed; SIM_FOR says how long TestModel goes on with others.
package sim
