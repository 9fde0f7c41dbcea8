package dns

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// A Keyring has the keys of the zones. The publisher asks it before it makes a version.
type Keyring interface {
	// Ring returns what the keys of a zone are to be now. Facts are of the version that is served; what they say moves
	// keys on, and that is stored before Ring returns, under the lease of the publisher. The first call for a zone
	// makes its keys. It may be called before each version: where nothing changed it costs one small query.
	Ring(ctx context.Context, origin zone.Name, facts dnssec.Facts, now time.Time) (Ring, error)
}

// A Ring is what a zone has to have because of its keys at an instant.
type Ring struct {
	Apex   []zone.Change  // DNSKEY, CDS, CDNSKEY and NSEC3PARAM of the zone's own name, complete
	Signer *dnssec.Signer // nil if no key signs
	DS     zone.RRset     // for the zone above, if it is ours; no records: it has to have none
	Next   time.Time      // when to ask again, if nothing is seen before; zero: no instant is known
	Keys   []registry.ZoneKey
}

// A Vault makes private keys and hands them out.
type Vault interface {
	// Make makes a key. What it returns has neither zone nor number yet.
	Make(origin zone.Name, w dnssec.Wish) (registry.ZoneKey, error)
	// Open returns the private key of a key, wherever it is.
	Open(k registry.ZoneKey) (crypto.Signer, error)
}

// ErrKeys is that private keys of a zone cannot be used or made, while all else is well.
var ErrKeys = errors.New("its private keys cannot be used")

// KeyringConfig is what a Keyring needs.
type KeyringConfig struct {
	Service *flow.Service
	Vault   Vault
	Sealed  SealedVault // seals anew what is sealed under a secret of before
	Policy  dnssec.Policy
	Lease   func() (registry.Fence, bool) // as Config.Lease
	Now     func() time.Time              // real time; time.Now
	Workers int                           // goroutines that sign a zone; as many as there are processors
	Log     *slog.Logger
}

// NewKeyring returns the Keyring of a registry, whose keys are in its database.
func NewKeyring(c KeyringConfig) Keyring {
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Lease == nil {
		c.Lease = func() (registry.Fence, bool) { return registry.Fence{}, true }
	}
	return &keyring{config: c, opened: map[string]crypto.Signer{}, signers: map[zone.Name]keptSigner{}}
}

type keyring struct {
	config KeyringConfig

	mu      sync.Mutex
	opened  map[string]crypto.Signer // by ID
	signers map[zone.Name]keptSigner
}

// A keptSigner is good as long as the keys stay as they were.
type keptSigner struct {
	keys   []registry.ZoneKey
	signer *dnssec.Signer
}

// ringRounds bounds how often a Ring looks at keys that it has made.
const ringRounds = 4

// Ring is Keyring.Ring. One call at a time does its work.
func (r *keyring) Ring(ctx context.Context, origin zone.Name, facts dnssec.Facts, now time.Time) (Ring, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name, err := names.Parse(strings.TrimSuffix(origin.String(), "."))
	if err != nil {
		return Ring{}, fmt.Errorf("keys of %s: %w", origin, err)
	}
	for range ringRounds {
		plan, err := r.advance(ctx, name, facts, now)
		if err != nil {
			return Ring{}, fmt.Errorf("keys of %s: %w", name, err)
		}
		if len(plan.Make) == 0 {
			return r.ring(origin, plan)
		}
		if err := r.make(ctx, name, origin, plan.Make); err != nil {
			return Ring{}, fmt.Errorf("make keys of %s: %w", name, err)
		}
	}
	return Ring{}, fmt.Errorf("keys of %s: they are still not complete", name)
}

// advance returns the plan of a zone's keys, and stores it if it changes anything.
func (r *keyring) advance(ctx context.Context, name names.Name, facts dnssec.Facts, now time.Time) (dnssec.Plan, error) {
	reply, err := r.config.Service.Ask(ctx, "", flow.ZoneKeyList{Zone: name})
	if err != nil {
		return dnssec.Plan{}, err
	}
	keys, err := r.resealed(ctx, name, reply.([]registry.ZoneKey))
	if err != nil {
		return dnssec.Plan{}, err
	}
	plan := dnssec.Advance(keys, r.config.Policy, facts, now)
	if len(plan.Changed) == 0 {
		return plan, nil
	}
	reply, err = r.run(ctx, flow.ZoneKeysAdvance{Zone: name, Policy: r.config.Policy, Facts: facts})
	if err != nil {
		return dnssec.Plan{}, err
	}
	plan = reply.(dnssec.Plan)
	for _, e := range plan.Events {
		r.config.Log.Info(e.What, "zone", name.String(), "key", e.Key.ID(), "kind", e.Key.Role, "tag", dnssec.Tag(e.Key))
	}
	return plan, nil
}

// resealed seals keys anew whose secret was replaced.
func (r *keyring) resealed(ctx context.Context, name names.Name, keys []registry.ZoneKey) ([]registry.ZoneKey, error) {
	var anew []registry.ZoneKey
	for _, k := range keys {
		k, changed, err := r.config.Sealed.Reseal(k)
		if err != nil && k.Unsigning() { // its zone goes unsigned without it, too
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", k.ID(), ErrKeys, err)
		}
		if changed {
			anew = append(anew, k)
		}
	}
	if len(anew) == 0 {
		return keys, nil
	}
	reply, err := r.run(ctx, flow.ZoneKeysReseal{Zone: name, Keys: anew})
	if err != nil {
		return nil, err
	}
	r.config.Log.Info("the private keys are sealed under another secret", "zone", name.String(), "keys", len(anew))
	return reply.([]registry.ZoneKey), nil
}

// run runs a command of the publisher.
func (r *keyring) run(ctx context.Context, cmd flow.Command) (flow.Reply, error) {
	fence, ours := r.config.Lease()
	if !ours {
		return nil, registry.ErrFenced
	}
	return r.config.Service.Run(ctx, flow.Request{Fence: fence, Command: cmd})
}

// makeTries is how often keys are made that happen to have the tag of another: one of 65,536 does.
const makeTries = 3

func (r *keyring) make(ctx context.Context, name names.Name, origin zone.Name, wishes []dnssec.Wish) error {
	var last error
	for range makeTries {
		made := make([]registry.ZoneKey, len(wishes))
		for i, wish := range wishes {
			var err error
			if made[i], err = r.config.Vault.Make(origin, wish); err != nil {
				return fmt.Errorf("%s: %w: %w", wish, ErrKeys, err)
			}
		}
		_, last = r.run(ctx, flow.ZoneKeysMade{Zone: name, Keys: made})
		refusal := new(registry.Error)
		if !errors.As(last, &refusal) {
			return last
		}
	}
	return last
}

// ring puts together what a plan means for the zone.
func (r *keyring) ring(origin zone.Name, plan dnssec.Plan) (Ring, error) {
	kept := r.signers[origin]
	if !slices.EqualFunc(kept.keys, plan.Keys, func(a, b registry.ZoneKey) bool { return a.Number == b.Number && a.Version == b.Version }) {
		signer, err := dnssec.NewSigner(dnssec.SignerConfig{
			Origin: origin, Keys: plan.Keys, Private: r.open, Policy: r.config.Policy, Now: r.config.Now, Workers: r.config.Workers,
		})
		if err != nil {
			return Ring{}, fmt.Errorf("%s: %w: %w", unwire(origin), ErrKeys, err)
		}
		kept = keptSigner{plan.Keys, signer}
		r.signers[origin] = kept
	}
	return Ring{
		Apex: dnssec.Apex(origin, plan.Keys, r.config.Policy), Signer: kept.signer, Next: plan.Next, Keys: plan.Keys,
		DS: dnssec.ParentDS(origin, plan.Keys, r.config.Policy),
	}, nil
}

// open returns a private key, which is looked up once.
func (r *keyring) open(k registry.ZoneKey) (crypto.Signer, error) {
	if private, known := r.opened[k.ID()]; known {
		return private, nil
	}
	private, err := r.config.Vault.Open(k)
	if err == nil {
		err = dnssec.Fits(k, private)
	}
	if err == nil {
		private, err = Fast(private)
	}
	if err != nil {
		return nil, err
	}
	r.opened[k.ID()] = private
	return private, nil
}
