// Package rst owns ICANN's registry system tests (RST v2) for EPP: each case of their suite is a test
// here, done from the outside, over TLS, against the whole program, by a client that knows nothing of
// ours. A failure carries the name that ICANN's suite has for it. docs/rst.md has a row for each case.
package rst
