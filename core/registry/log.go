package registry

import "time"

// A LogFilter selects rows of the transaction log. What is empty selects all.
type LogFilter struct {
	Registrar    RegistrarID
	Command      string // create, delete, renew, transfer, update
	Object       string // domain, host, contact
	ID           string // the object's, in whatever case
	Codes        []Code
	Since, Until time.Time // from the first on, before the second
	ClTRID       string
	SvTRID       string
}

// A LogPlace is where a row stands in the log. The zero LogPlace is behind the newest.
type LogPlace struct {
	ID        int64
	Registrar RegistrarID
}

// A LogPage is some rows of the log, the newest first.
type LogPage struct {
	Rows []LogRow
	Next LogPlace // what lies behind comes before it; zero if there is nothing
}
