package store

import (
	"context"
	"fmt"
	"strings"
)

// What one node does for all is asked of it by the others: each leaves with its own lease where it is reached.

// A Holder is the node that has a lease.
type Holder struct {
	Node      string
	Number    int64    // of the lease
	Addresses []string // where the other nodes reach it, each HOST:PORT, the likeliest first; none if nowhere
}

// Holder returns who has a lease now; false if nobody has.
func (db *DB) Holder(ctx context.Context, name string) (h Holder, found bool, err error) {
	err = db.keep(ctx, func(s *session) error {
		h, found, err = one(&reader{ctx: ctx, open: on(s), db: db}, scanHolder, holderOf, name, nodeLease)
		return err
	})
	if err != nil {
		return Holder{}, false, fmt.Errorf("ask who has the lease %s: %w", name, err)
	}
	return h, found, nil
}

const holderOf = `
SELECT l.holder, l.fence, COALESCE(n.address, '')
FROM   lease l LEFT JOIN lease n ON n.name = $2 || l.holder
WHERE  l.name = $1 AND l.until > database_now()`

func scanHolder(row row) (h Holder, err error) {
	var addresses string
	err = row.Scan(&h.Node, &h.Number, &addresses)
	h.Addresses = strings.Fields(addresses)
	return h, err
}

// TellNode leaves with a node's lease where the other nodes reach it.
func (db *DB) TellNode(ctx context.Context, node string, addresses []string) error {
	return db.singly(ctx, "tell where this node is reached", tellNode, nodeLease+node, strings.Join(addresses, " "))
}

const tellNode = `
UPDATE lease
SET    address = $2
WHERE  name = $1`

// SeenFrom returns the address from which the database's server sees this process, without a port; empty where it comes
// by a Unix socket.
func (db *DB) SeenFrom(ctx context.Context) (address string, err error) {
	err = db.keep(ctx, func(s *session) error {
		address, _, err = one(&reader{ctx: ctx, open: on(s), db: db}, scanValue[string], seenFrom)
		return err
	})
	return address, err
}

const seenFrom = `SELECT COALESCE(host(inet_client_addr()), '')`
