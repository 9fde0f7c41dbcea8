// Package crash owns the rigs that break what a registry stands on while registrars use it: the process
// is killed, the disk fills up or refuses to write through, the way to the database is cut. What the
// sessions said and heard is kept, and afterwards the database has to tell the same story: what was
// answered is there, what was refused left its line in the log, and what was not answered is wholly
// there or wholly not.
package crash
