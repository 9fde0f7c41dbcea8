package flow

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// LogQuery asks for rows of the transaction log, the newest first: a registrar for its own, the operator for
// those of all or of one. Manual 9.8, decisions 4.6.
type LogQuery struct {
	registry.LogFilter
	Before string // LogFound.Next of the page before; empty for the first
	Limit  int    // of rows; policy.Limits.LogRowsPerPage at most, and if it is 0
}

// LogFound is what LogQuery answers.
type LogFound struct {
	Rows []registry.LogRow
	// Next is for the page that follows; empty if there is none. A page has a bounded time to be looked
	// for, so it may have few rows, or none, although others follow.
	Next string
}

// Asks says what the query counts as. It is answered anew each time, since each command adds a row.
func (q LogQuery) Asks() Question { return Question{Command: "info", Object: "log"} }

// Answer looks the rows up.
func (q LogQuery) Answer(c *Call) (Reply, error) {
	place, whole := parsePlace(q.Before)
	limits := c.Terms.Limits
	limit := q.Limit
	if limit == 0 {
		limit = limits.LogRowsPerPage
	}
	if err := c.check(
		logIsOwn(c.Registrar, q.Registrar),
		logRowsFit(limit, limits.LogRowsPerPage),
		spanIsForward(q.Since, q.Until),
		pageIsKnown(q.Before, whole),
	); err != nil {
		return nil, err
	}
	filter := q.LogFilter
	if c.Registrar.ID != "" {
		filter.Registrar = c.Registrar.ID
	}
	page, _ := read(c, func() (registry.LogPage, bool, error) {
		page, err := c.reader.Log(filter, place, limit, limits.LogRowsRead)
		return page, true, err
	})
	return LogFound{page.Rows, placeText(page.Next)}, nil
}

// placeText writes a place so that parsePlace reads it; empty for none.
func placeText(p registry.LogPlace) string {
	if p.ID == 0 {
		return ""
	}
	return strconv.FormatInt(p.ID, 10) + "." + string(p.Registrar)
}

// parsePlace reads a place. An empty text is that of the first page.
func parsePlace(text string) (registry.LogPlace, bool) {
	if text == "" {
		return registry.LogPlace{}, true
	}
	number, registrar, found := strings.Cut(text, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	return registry.LogPlace{ID: id, Registrar: registry.RegistrarID(registrar)}, found && err == nil && id > 0
}

// logIsOwn holds for the operator, and for a registrar that asks for its own rows.
func logIsOwn(r registry.Registrar, of registry.RegistrarID) Rule {
	return refuseIf("logIsOwn", r.ID != "" && of != "" && of != r.ID, registry.Error{
		Code: registry.Authorization, Field: "registrar", Value: string(of),
		Reason: "the transaction log is another registrar's; ask for your own",
	})
}

// logRowsFit holds for a page that the profile allows.
func logRowsFit(limit, most int) Rule {
	return refuseIf("logRowsFit", limit < 1 || most < limit, registry.Error{
		Code: registry.ParameterPolicy, Field: "limit", Value: strconv.Itoa(limit),
		Reason: fmt.Sprintf("a page has 1 to %d rows; ask for the next one with its Next", most),
	})
}

// spanIsForward holds for a span of time that ends after it begins, or has no end.
func spanIsForward(since, until time.Time) Rule {
	return refuseIf("spanIsForward", !until.IsZero() && !until.After(since), registry.Error{
		Code: registry.ParameterRange, Field: "until", Value: until.Format(time.RFC3339),
		Reason: "the span of time ends before it begins; give a later end",
	})
}

// pageIsKnown holds for a page that an earlier answer named.
func pageIsKnown(text string, whole bool) Rule {
	return refuseIf("pageIsKnown", !whole, registry.Error{
		Code: registry.ParameterSyntax, Field: "before", Value: text,
		Reason: "this names no page; give the Next of the page before as it was",
	})
}
