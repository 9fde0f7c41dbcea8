// Package cluster owns the tests of several nodes on one PostgreSQL: each node is the program itself in
// a network namespace of its own, so that one can be cut off from the database, from its clients, or
// from everybody, and come back.
//
// Making namespaces needs root. A test here fails without it, since one that skipped itself would pass
// wherever nobody looks.
package cluster
