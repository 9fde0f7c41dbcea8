package epp

import (
	"errors"
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A result is a result code with its usual sentence.
type result struct {
	number string
	text   string
}

// results is the only place that knows the numbers. RFC 5730 section 3; the sentences of 1000 and
// 1301 have the full stop of the manual's samples.
var results = map[registry.Code]result{
	registry.Completed:             {"1000", "Command completed successfully."},
	registry.CompletedPending:      {"1001", "Command completed successfully; action pending"},
	registry.NoMessages:            {"1300", "Command completed successfully; no messages"},
	registry.AckToDequeue:          {"1301", "Command completed successfully; ack to dequeue."},
	registry.EndingSession:         {"1500", "Command completed successfully; ending session"},
	registry.UnknownCommand:        {"2000", "Unknown command"},
	registry.Syntax:                {"2001", "Command syntax error"},
	registry.CommandUse:            {"2002", "Command use error"},
	registry.ParameterMissing:      {"2003", "Required parameter missing"},
	registry.ParameterRange:        {"2004", "Parameter value range error"},
	registry.ParameterSyntax:       {"2005", "Parameter value syntax error"},
	registry.UnimplementedVersion:  {"2100", "Unimplemented protocol version"},
	registry.UnimplementedCommand:  {"2101", "Unimplemented command"},
	registry.UnimplementedOption:   {"2102", "Unimplemented option"},
	registry.UnimplementedExt:      {"2103", "Unimplemented extension"},
	registry.BillingFailure:        {"2104", "Billing failure"},
	registry.NotRenewable:          {"2105", "Object is not eligible for renewal"},
	registry.NotTransferable:       {"2106", "Object is not eligible for transfer"},
	registry.Authentication:        {"2200", "Authentication error"},
	registry.Authorization:         {"2201", "Authorization error"},
	registry.InvalidAuthInfo:       {"2202", "Invalid authorization information"},
	registry.ObjectPendingTransfer: {"2300", "Object pending transfer"},
	registry.ObjectNotPending:      {"2301", "Object not pending transfer"},
	registry.ObjectExists:          {"2302", "Object exists"},
	registry.ObjectMissing:         {"2303", "Object does not exist"},
	registry.StatusProhibits:       {"2304", "Object status prohibits operation"},
	registry.AssociationProhibits:  {"2305", "Object association prohibits operation"},
	registry.ParameterPolicy:       {"2306", "Parameter value policy error"},
	registry.UnimplementedService:  {"2307", "Unimplemented object service"},
	registry.DataPolicy:            {"2308", "Data management policy violation"},
	registry.CommandFailed:         {"2400", "Command failed"},
	registry.CommandFailedClosing:  {"2500", "Command failed; server closing connection"},
	registry.AuthenticationClosing: {"2501", "Authentication error; server closing connection"},
	registry.SessionLimitClosing:   {"2502", "Session limit exceeded; server closing connection"},
}

// Result returns the number of a code and its usual sentence, for those who show the transaction log.
func Result(code registry.Code) (number, sentence string) {
	r := results[code]
	return r.number, r.text
}

// ResultCode returns the code of a number, such as "2304".
func ResultCode(number string) (registry.Code, bool) {
	for code, r := range results {
		if r.number == number {
			return code, true
		}
	}
	return "", false
}

// outcome returns the result of an answer with its sentence, and the refusal if it is one. A fault is
// told to the client as such and no more.
func outcome(a answer) (result, *registry.Error) {
	if a.err != nil {
		var refusal *registry.Error
		if !errors.As(a.err, &refusal) {
			return results[registry.CommandFailed], nil
		}
		r, known := results[refusal.Code]
		if !known {
			return results[registry.CommandFailed], nil
		}
		if refusal.Reason != "" {
			r.text += "; " + refusal.Reason
		}
		return r, refusal
	}
	said, ok := a.reply.(flow.Said)
	if !ok {
		return noted(results[registry.Completed], a.note), nil
	}
	code, sentence := said.Outcome()
	r, known := results[code]
	if !known {
		return results[registry.CommandFailed], nil
	}
	if sentence != "" {
		r.text = sentence
	}
	return noted(r, a.note), nil
}

// noted puts a note behind the text of a result.
func noted(r result, note string) result {
	if note != "" {
		r.text = strings.TrimSuffix(r.text, ".") + "; " + note
	}
	return r
}
