package history_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/world"
)

// A cluster is one registry served by several nodes, each with its own store on the same database.
type cluster struct {
	*world.World
	nodes []node
}

// A node runs commands as a process of its own would.
type node struct {
	*flow.Service
	fault *world.Fault
}

// start makes a registry and its nodes. The world's own store is another one on the database, which is
// there to prepare and to look; SQLite has one node, the world's own.
func start(t *testing.T, now string, count int) *cluster {
	t.Helper()
	c := &cluster{World: world.New(t, now)}
	for i := range c.Service.Profile.Versions { // the clock stands still, so a limit would never be lifted again
		limits := &c.Service.Profile.Versions[i].Terms.Limits
		limits.WrongAuthInfosAtOnce, limits.ObjectAuthInfosAtOnce, limits.RegistrarAuthInfosAtOnce = 1e6, 1e6, 1e6
	}
	if !c.Postgres {
		c.nodes = []node{{c.Service, c.Fault}}
		return c
	}
	for range count {
		service, fault := *c.Service, &world.Fault{}
		service.Store = c.Open(fault.Wrap)
		c.nodes = append(c.nodes, node{&service, fault})
	}
	return c
}

// nodeCounts are how many nodes the tests have: SQLite allows one process, PostgreSQL any number. Three
// are for the long form.
func nodeCounts(t *testing.T) []int {
	t.Helper()
	switch {
	case !postgres(t):
		return []int{1}
	case os.Getenv("SOAK") == "":
		return []int{1, 2}
	default:
		return []int{1, 2, 3}
	}
}

// trouble lets, now and then, an operation on a node's database fail, or a commit on PostgreSQL get no
// answer, whether it took effect or not.
func (c *cluster) trouble(n node, r *rand.Rand) {
	const oneIn = 50
	switch {
	case r.IntN(oneIn) > 0:
	case c.Postgres && r.IntN(2) == 0:
		n.fault.LoseCommit(pick(r, world.TakesEffect, world.IsLost))
	default:
		n.fault.After(r.IntN(20))
	}
}

// calm ends all trouble.
func (c *cluster) calm() {
	for _, n := range c.nodes {
		n.fault.Disarm()
	}
}

// run runs a command on a node. It reports false where nobody knows whether the command took effect.
func (c *cluster) run(n node, who registry.RegistrarID, cmd flow.Command) (reply flow.Reply, refusal *registry.Error, known bool) {
	reply, err := n.Run(context.Background(), flow.Request{Registrar: who, SvTRID: c.NewTRID(), Command: cmd})
	if err == nil || errors.As(err, &refusal) {
		return reply, refusal, true
	}
	c.expected(err)
	return nil, nil, false
}

// ask answers a query on a node. It reports false where the query failed.
func (c *cluster) ask(n node, who registry.RegistrarID, q flow.Query) (reply flow.Reply, refusal *registry.Error, known bool) {
	reply, err := n.Ask(context.Background(), who, q)
	if err == nil || errors.As(err, &refusal) {
		return reply, refusal, true
	}
	c.expected(err)
	return nil, nil, false
}

// expected fails the test on a failure that nobody caused.
func (c *cluster) expected(err error) {
	if !errors.Is(err, world.ErrFault) {
		c.T.Errorf("a command failed by itself: %v", err)
	}
}

// code is how a command ended: with success of either kind, or refused.
func code(reply flow.Reply, refusal *registry.Error) registry.Code {
	if refusal != nil {
		return refusal.Code
	}
	if said, ok := reply.(flow.Said); ok {
		code, _ := said.Outcome()
		return code
	}
	return registry.Completed
}

// field is the element that a refusal blames.
func field(refusal *registry.Error) string {
	if refusal == nil {
		return ""
	}
	return refusal.Field
}

// days is a number of days.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// list is a set of words as one value that can be compared.
func list(words ...string) string { return strings.Join(words, " ") }

// named is the test's name for a number of nodes.
func named(nodes int) string { return strconv.Itoa(nodes) + "-nodes" }

// postgres reports whether the tests are on PostgreSQL.
func postgres(t *testing.T) bool {
	t.Helper()
	_, yes := pg.Chosen(t)
	return yes
}
