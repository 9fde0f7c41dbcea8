package main

import (
	"fmt"
	"strings"
)

// A statement is SQL with what it binds.
type statement struct {
	text string
	args []any
}

// The statements of one create, as the store has them.
const (
	putDomain = `INSERT INTO domain (name, roid, version, zone, sponsor, created, expires, due, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	putHost    = `INSERT INTO domain_host (domain, host, position) VALUES ($1, $2, $3)`
	putContact = `INSERT INTO domain_contact (domain, role, contact) VALUES ($1, $2, $3)`
	putHistory = `INSERT INTO history (roid, version, kind, name, at, registrar, command, cltrid, svtrid, gone, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	putCharge = `INSERT INTO charge (id, party, object, subject, type, amount, at, posts_at, grace_days, authorises, state, ended)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	putEntry = `INSERT INTO entry (entry_key, party, at, debit, credit, amount, charge, text)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	putMark    = `INSERT INTO mark (kind, name, version) VALUES ($1, $2, $3)`
	addToFunds = `UPDATE funds SET balance = balance + $2, authorised = authorised + $3 WHERE party = $1`
	putLog     = `INSERT INTO log (id, at, registrar, command, object, object_id, code, message, cltrid, svtrid)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
)

// parents are the rows that those of a client's creates refer to.
func parents(client int) []statement {
	party := party(client)
	rows := []statement{
		{`INSERT INTO registrar (id, version, password, body) VALUES ($1, 1, '', '{}')`, []any{party}},
		{`INSERT INTO funds (party, balance, authorised, credit_limit, emergency_credit, credit_threshold, minimum_balance)
VALUES ($1, 0, 0, 0, 0, 0, 0)`, []any{party}},
		{`INSERT INTO contact (id_key, id, roid, version, sponsor, body) VALUES ($1, $1, $1, 1, $2, '{}')`, []any{"c-" + party, party}},
	}
	for i := range 2 {
		rows = append(rows, statement{
			`INSERT INTO host (name, roid, version, sponsor, superordinate, body) VALUES ($1, $1, 1, $2, NULL, '{}')`,
			[]any{host(client, i), party},
		})
	}
	return rows
}

func party(client int) string   { return fmt.Sprintf("R%d", client) }
func host(client, i int) string { return fmt.Sprintf("ns%d.r%d.example", i+1, client) }

// bodyBytes is the length of the JSON of a new domain.
const bodyBytes = 640

// Instants and sizes that a create would have.
const (
	created = int64(1_800_000_000_000_000) // microseconds since 1970
	posts   = created + 5*86_400_000_000
	expires = created + 365*86_400_000_000
	amount  = 2000
)

// create returns the statements of one create.
func create(client, number int) []statement {
	who := party(client)
	name := fmt.Sprintf("b%08x-%d-%d.example", uint32(number)*2654435761, client, number)
	roid := fmt.Sprintf("D%d-%d-TEST", client, number)
	trid := fmt.Sprintf("BENCH-%d-%d", client, number)
	charge := roid + "/create/2027-01-15T08:00:00Z/" + trid + "/registration"
	body := `{"filler":"` + strings.Repeat("x", bodyBytes) + `"}`
	contact := "c-" + who
	id := int64(number)*64 + int64(client) // client numbers are below 64
	return []statement{
		{putDomain, []any{name, roid, 1, "example", who, created, expires, posts, body}},
		{putHost, []any{roid, host(client, 0), 0}},
		{putHost, []any{roid, host(client, 1), 1}},
		{putContact, []any{roid, "registrant", contact}},
		{putContact, []any{roid, "admin", contact}},
		{putContact, []any{roid, "tech", contact}},
		{putHistory, []any{roid, 1, "domain", name, created, who, "domain:create", trid, trid, false, body}},
		{putCharge, []any{charge, who, roid, name, "registration", amount, created, posts, 5, true, "open", 0}},
		{putEntry, []any{charge + "/authorise", who, created, "authorised:" + who, "commitments", amount, charge, name}},
		{putMark, []any{"domain", name, id}},
		{addToFunds, []any{who, 0, amount}},
		{putLog, []any{id, created, who, "create", "domain", name, "completed", "Domain " + name + " created", trid, trid}},
	}
}
