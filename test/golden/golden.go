// Package golden owns the golden path: the whole program, as a stranger starts it, with clients that
// nobody here wrote.
package golden
