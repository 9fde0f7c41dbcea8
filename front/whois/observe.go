package whois

import "time"

// An Outcome is what became of a connection, for who measures.
type Outcome string

// The outcomes. Who sends no query has none.
const (
	OutcomeAnswer    Outcome = "answer" // whatever was found
	OutcomeLimited   Outcome = "limited"
	OutcomeTooLong   Outcome = "too-long"
	OutcomeUnserved  Outcome = "unserved" // too many connections
	OutcomeUnwritten Outcome = "unwritten"
)

// Outcomes returns all of them.
func Outcomes() []Outcome {
	return []Outcome{OutcomeAnswer, OutcomeLimited, OutcomeTooLong, OutcomeUnserved, OutcomeUnwritten}
}

// observe tells who measures, if anybody does.
func (s *Server) observe(o Outcome, took time.Duration) {
	if s.config.Answered != nil {
		s.config.Answered(o, took)
	}
}
