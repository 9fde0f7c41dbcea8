package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/front/children"
	"example.org/dorado/front/dns"
	"example.org/dorado/front/epp"
	"example.org/dorado/front/ftps"
	post "example.org/dorado/front/mail"
	"example.org/dorado/front/reports"
	"example.org/dorado/front/whois"
	"example.org/dorado/store"
)

// A house is one registry with the services that a process runs for it.
type house struct {
	dir     string
	roles   []role
	log     *slog.Logger
	level   *slog.LevelVar
	answers func([]byte) // of program
	core    *registryCore
	node    *node
	sockets *listeners
	engine  *engine

	importing sync.Mutex // one file of prices at a time

	movable bool       // its clock can be moved: a demo
	moving  sync.Mutex // one movement at a time

	epp   *epp.Server // nil without the role, as is zones
	zones *dns.Server
	https certificateBox
	mail  *post.Sender // nil without the role engine

	tree  *reports.Tree  // nil unless a role makes or serves files
	files *reports.Maker // nil without the role engine
	ftps  *ftps.Server   // nil without the role

	ote    *sandboxes  // nil without the role
	oteEPP *epp.Server // likewise
	tests  *testNode

	children *children.Scanner
	metrics  *metrics

	units   []unit
	ballast []byte

	reloading sync.Mutex
	config    config // guarded by reloading
}

// ballastBytes is memory that is never touched, and so costs none: the garbage collector counts it, and runs
// when so much more has become garbage. A registry without a zone has some 30 MB in use, and would be
// collected many times a second; measured, that took a seventh of the processor time of a create.
const ballastBytes = 64 << 20

// A unit is a service that runs: serve returns when it has ended, stop ends it within a time.
type unit struct {
	name  string
	serve func() error
	stop  func(context.Context) error
}

// stopTime is how long commands that run may take to be answered after SIGTERM.
const stopTime = 10 * time.Second

// plan is what openHouse is told.
type plan struct {
	dir     string
	config  config
	roles   []role
	movable bool
	log     *slog.Logger
	level   *slog.LevelVar
	answers func([]byte) // of program
	dial    dialer       // of program
}

// openHouse opens everything that a process serves, on sockets that are open already. The house
// closes them.
func openHouse(ctx context.Context, p plan, sockets *listeners) (*house, error) {
	h := &house{
		dir: p.dir, roles: p.roles, config: p.config, movable: p.movable, log: p.log, level: p.level, answers: p.answers, sockets: sockets,
		ballast: make([]byte, ballastBytes), metrics: newMetrics(),
	}
	var err error
	if err := databaseIsThere(p.dir, p.config.Database.DSN); err != nil {
		return nil, err
	}
	if h.core, err = openCore(ctx, p.dir, p.config, p.log); err != nil {
		return nil, err
	}
	if err := cmp.Or(p.config.fits(p.dir, h.core.service.Profile), h.core.isMade(ctx), h.core.keepsZones(ctx)); err != nil {
		h.core.db.Close()
		return nil, err
	}
	if err := h.joinNodes(ctx, p.roles); err != nil {
		h.core.db.Close()
		return nil, err
	}
	if err := h.loadClock(ctx); err != nil { // after whoever moved it has left
		return nil, errors.Join(err, h.leaveNodes(), h.core.db.Close())
	}
	err = h.node.during(ctx, func() error {
		return cmp.Or(h.openChildren(p.dial), h.addUnits(ctx, p.roles), h.remember(ctx), h.firstFiles(ctx))
	})
	if err != nil {
		return nil, errors.Join(err, h.leaveNodes(), h.core.db.Close())
	}
	debug.FreeOSMemory() // a million names leave twice what they take behind while they are read
	return h, nil
}

// joinNodes makes this process one of those that share the database.
func (h *house) joinNodes(ctx context.Context, roles []role) error {
	h.node = newNode(h.core.db, h.dir, h.log)
	h.engine = newEngine(h.core, func() (registry.Fence, bool) { return h.node.lease(engineLease) })
	if err := cmp.Or(h.core.keepsKeys(ctx), h.mayRunTests(ctx)); err != nil {
		return err
	}
	if h.core.db.Alone() {
		return nil
	}
	if err := h.node.bury(ctx, h.dir); err != nil {
		return err
	}
	wanted := leasesOf(roles)
	if h.movable {
		wanted = append(wanted, clockLease)
	}
	if err := h.node.leaveTrace(h.dir); err != nil { // before there is anything to bury
		return err
	}
	if err := h.node.join(ctx, wanted); err != nil {
		return err
	}
	if err := h.hasItsClock(ctx); err != nil {
		return errors.Join(err, h.leaveNodes())
	}
	return nil
}

// remember begins to keep names in memory, and to hear what other nodes do. A node that answers nobody need not.
func (h *house) remember(ctx context.Context) error {
	if !slices.ContainsFunc(h.roles, answersTheWorld) {
		return nil
	}
	l := store.Listener{Lost: func(err error) {
		h.log.Warn("other nodes are not heard; the database is asked for each check", "error", err)
	}}
	if h.zones != nil {
		l.Marks = h.zones.Wake
	}
	return h.core.db.Remember(ctx, l)
}

// answersTheWorld reports whether a role is there to answer the world.
func answersTheWorld(r role) bool { return r != roleEngine }

// leavePatience is how long the database may take to hear that a node goes.
const leavePatience = 3 * time.Second

func (h *house) leaveNodes() error {
	ctx, cancel := context.WithTimeout(context.Background(), leavePatience)
	defer cancel()
	if err := h.node.leave(ctx); err != nil {
		return err
	}
	return removeTrace(h.dir)
}

// leasesOf returns the leases that roles compete for.
func leasesOf(roles []role) []string {
	var leases []string
	for role, lease := range map[role]string{roleEngine: engineLease, roleDNS: zoneLease, roleConsole: bulkLease, roleOTE: oteLease} {
		if slices.Contains(roles, role) {
			leases = append(leases, lease)
		}
	}
	return leases
}

// zoneLease is the lease of who publishes the zones.
const zoneLease = "dns"

// oteLease is the lease of who runs the test environment.
const oteLease = "ote"

// bulkLease is the lease of who works off the jobs of the console.
const bulkLease = "bulk"

// loadClock brings back the offset of a demo's clock. Another registry has none, and is not run
// over facts of a future that it has not reached.
func (h *house) loadClock(ctx context.Context) error {
	if err := h.core.clock.load(ctx, h.core.db); err != nil {
		return err
	}
	if !h.movable && h.core.clock.Offset() != 0 {
		return fmt.Errorf("the clock of this registry was moved by dorado demo; run it with dorado demo --dir %s", h.dir)
	}
	return nil
}

func (h *house) addUnits(ctx context.Context, roles []role) error {
	credentials, err := loadCredentials(h.dir, h.config.TLS)
	if err != nil {
		return err
	}
	h.https.pair.Store(&credentials.Certificates[0])
	h.addHealth()
	h.measureLeases()
	h.measureKept()
	if err := h.openFiles(roles); err != nil {
		return err
	}
	for _, r := range roles {
		switch r {
		case roleEPP:
			h.addEPP(credentials)
		case roleWHOIS:
			h.addWHOIS()
		case roleFTPS:
			err = h.addFTPS()
		case roleDNS:
			err = h.addDNS(ctx)
		case roleEngine:
			h.measureEngine()
			h.addLoop("engine", h.engine.run)
			h.addLoop("children", h.children.Run)
			h.addFiles()
			err = h.addMail()
		case roleOTE:
			err = h.addOTE(ctx, credentials)
		}
		if err != nil {
			return err
		}
	}
	h.addLoop("usage", h.countUsage)
	if slices.Contains(servicesOf(roles), serviceHTTPS) {
		if err := h.addHTTPS(); err != nil {
			return err
		}
	}
	return h.addControl()
}

func (h *house) addEPP(credentials epp.Credentials) {
	h.epp = epp.New(epp.Config{
		Service: h.core.service, Credentials: credentials, ServerID: h.config.Registry.ServerID,
		NewTRID: h.core.trid, Log: h.log.With("role", "epp"), Seats: h.seats(), Sent: h.answers,
		Answered: h.measureEPP(),
	})
	h.node.suspend, h.node.resume = h.epp.Suspend, h.epp.Resume
	socket := h.sockets.streams[serviceEPP]
	h.add(unit{"epp", func() error { return h.epp.Serve(socket) }, h.epp.Shutdown})
}

// seats counts sessions with the other nodes, if there can be any.
func (h *house) seats() epp.Seats {
	if h.core.db.Alone() {
		return nil
	}
	return h.node
}

func (h *house) addWHOIS() {
	config := h.config.WHOIS.server()
	config.Service, config.Log, config.Answered = h.core.service, h.log.With("role", "whois"), h.measureWHOIS()
	server := whois.New(config)
	socket := h.sockets.streams[serviceWHOIS]
	h.add(unit{"whois", func() error { return server.Serve(socket) }, server.Shutdown})
}

func (h *house) addDNS(ctx context.Context) error {
	all, own, err := h.config.Zone.apexes(h.core.service.Profile.Zones)
	if err != nil {
		return err
	}
	breaker, err := h.config.Zone.Breaker.breaker()
	if err != nil {
		return err
	}
	ring, err := h.keyring(ctx)
	if err != nil {
		return err
	}
	cookies, err := h.config.Zone.Answers.cookies(h.dir, h.core.service.Keys.Spread)
	if err != nil {
		return err
	}
	reportTo, err := h.config.Zone.Answers.reportTo()
	if err != nil {
		return err
	}
	transfer, err := h.config.Zone.transfer(h.dir)
	if err != nil {
		return err
	}
	if err := h.tellChildren(own); err != nil {
		return err
	}
	c := dns.Config{
		Service: h.core.service, Keys: ring, Nameservers: all.Nameservers, Mailbox: all.Mailbox, Apexes: own, Breaker: breaker, Log: h.log.With("role", "dns"),
		Limits: h.config.Zone.Limits.limits(), Cookies: cookies,
		Options:  dns.Options{NSID: h.config.Zone.Answers.NSID, ReportTo: reportTo},
		Lease:    func() (registry.Fence, bool) { return h.node.lease(zoneLease) },
		Transfer: transfer,

		ChildNotify: h.addHints(),
	}
	h.measurePublications(&c)
	if h.zones, err = dns.New(c); err != nil {
		return err
	}
	h.measureZones()
	h.measureDNS()
	if err := h.warnOfSigned(ctx); err != nil {
		return err
	}
	if _, mine := h.node.lease(zoneLease); !mine {
		h.log.Info("another node publishes the zones; this one stands by")
	} else if err := h.zones.Load(ctx); err != nil { // registrars can work all the same
		h.log.Error("the zones are not published; what is kept of them is served, and it is tried again", "role", "dns", "err", err)
	}
	h.core.service.Marked = h.zones.Wake
	h.add(unit{"dns", func() error {
		return h.zones.Serve(h.sockets.packets[serviceDNS], h.sockets.streams[serviceDNS])
	}, h.zones.Shutdown})
	h.addLoop("publisher", func(ctx context.Context) error {
		h.zones.Run(ctx)
		return nil
	})
	h.addSecondaries()
	return nil
}

// addLoop adds something that runs until its context ends.
func (h *house) addLoop(name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	h.add(unit{name, func() error {
		defer close(ended)
		return run(ctx)
	}, func(patience context.Context) error {
		cancel()
		select {
		case <-ended:
			return nil
		case <-patience.Done():
			return fmt.Errorf("stop the %s: %w", name, patience.Err())
		}
	}})
}

func (h *house) add(u unit) { h.units = append(h.units, u) }

// serve runs every unit until the context ends, or until one of them fails, and then stops all of
// them. A hangup reloads.
func (h *house) serve(ctx context.Context, hangups <-chan os.Signal) error {
	failed := make(chan error, len(h.units))
	var running sync.WaitGroup
	asNode, endNode := context.WithCancel(context.WithoutCancel(ctx))
	running.Go(func() { h.node.run(asNode) }) // until all that it speaks for has ended
	for _, u := range h.units {
		running.Go(func() {
			if err := u.serve(); err != nil {
				failed <- fmt.Errorf("%s: %w", u.name, err)
			}
		})
	}
	var failure error
	for waiting := true; waiting; {
		select {
		case <-ctx.Done():
			waiting = false
		case failure = <-failed:
			h.log.Error("a service has ended; stopping", "error", failure)
			waiting = false
		case <-hangups:
			h.reload()
		}
	}
	err := errors.Join(failure, h.stop())
	h.keepUsage(context.WithoutCancel(ctx)) // what the last commands counted
	endNode()
	running.Wait()
	return errors.Join(err, h.leaveNodes(), h.core.db.Close())
}

// stop ends the units, the first ones first: what answers strangers before what they rely on.
func (h *house) stop() error {
	h.log.Info("stopping")
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	var stops sync.WaitGroup
	errs := make([]error, len(h.units))
	for i, u := range h.units {
		stops.Go(func() {
			if err := u.stop(ctx); err != nil && !errors.Is(err, net.ErrClosed) {
				errs[i] = fmt.Errorf("%s: %w", u.name, err)
			}
		})
	}
	stops.Wait()
	return errors.Join(errs...)
}

// warnOfDurability logs what of the database's settings lets answered commands be lost.
func (h *house) warnOfDurability(ctx context.Context) {
	if settings, err := h.core.db.Undurable(ctx); err == nil && len(settings) > 0 {
		h.log.Warn("a power cut or a crash of the database may lose commands that were answered", "settings", settings)
	}
}

// warnOfNameservers logs what would keep the world from asking the zones: name servers that nobody
// named yet, and one below a zone of ours whose address only we could tell.
func (h *house) warnOfNameservers() {
	if slices.Equal(h.config.Zone.Nameservers, defaults().Zone.Nameservers) {
		h.log.Warn("zone.nameservers is still the example; name the servers of these zones")
	}
	nameservers, _ := h.config.Zone.nameservers() // checked with the configuration
	for _, n := range nameservers {
		if len(n.Addresses) == 0 && h.core.service.Profile.InZone(n.Name) {
			h.log.Warn("a server of zone.nameservers is below a zone of this registry and has no address", "name", n.Name.String())
		}
	}
}

// warnOfLedger logs that a registry, which is older than sealed ledgers, has no key for its own.
func (h *house) warnOfLedger() {
	if len(h.core.service.Keys.Ledger) == 0 {
		h.log.Warn("the ledger is not sealed: " + secretsFile + " has no key for it; dorado ledger key --new makes one")
	}
}
