package flow

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
)

// Passwords hashes and verifies passwords with argon2id, a few at a time: each takes memory and
// processor time that logins must not take from everybody else. RFC 9106.
//
// What was verified once is remembered until the stored hash changes, so that a registrar's hundred
// sessions do not cost a hundred hashes when they come back together.
type Passwords struct {
	cost   ArgonCost
	random func(n int) []byte
	slots  chan struct{}
	yard   chan struct{} // the one slot of those who come from outside; see matches

	outside atomic.Int64 // how many of those wait, or have the slot

	key      []byte // of this process alone
	mu       sync.Mutex
	verified map[[sha256.Size]byte]struct{}

	wrong   ownBuckets   // of a registry that is this process; of another what this node has seen of them
	sources knownSources // that are no strangers

	turns turns // of those whose passwords are looked at
}

// maxVerified bounds what is remembered. When it is full, all is forgotten and verified again.
const maxVerified = 10_000

// ArgonCost is what one hash costs: memory in KiB, and passes over it.
type ArgonCost struct{ MemoryKiB, Passes uint32 }

// DefaultArgonCost is the second of OWASP's recommended sets: 19 MiB and two passes.
var DefaultArgonCost = ArgonCost{MemoryKiB: 19 * 1024, Passes: 2}

const (
	saltBytes = 16
	hashBytes = 32
)

// NewPasswords returns a Passwords that works on at most so many passwords at once.
func NewPasswords(cost ArgonCost, atOnce int, random func(n int) []byte) *Passwords {
	p := &Passwords{cost: cost, random: random, slots: make(chan struct{}, atOnce), yard: make(chan struct{}, 1)}
	p.verified = map[[sha256.Size]byte]struct{}{}
	if random != nil {
		p.key = random(sha256.Size)
	}
	return p
}

// Hash returns the PHC form of a password, with a new salt.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := occupy(ctx, p.slots); err != nil {
		return "", err
	}
	defer vacate(p.slots)
	salt := p.random(saltBytes)
	return phc(p.cost, salt, derive(p.cost, salt, password)), nil
}

// Matches reports whether a password is the one that was hashed. An empty or unreadable hash takes
// as long as any other and matches nothing, so that nobody learns which registrars exist.
func (p *Passwords) Matches(ctx context.Context, password, hash string) (bool, error) {
	return p.matches(ctx, password, hash, false)
}

// matches is Matches, where those from outside, who may be anybody, wait for each other and keep nobody else waiting.
func (p *Passwords) matches(ctx context.Context, password, hash string, outside bool) (bool, error) {
	memory := p.memory(password, hash)
	if p.remembers(memory) {
		return true, nil
	}
	slots := p.slots
	if outside {
		slots = p.yard
	}
	if err := occupy(ctx, slots); err != nil {
		return false, err
	}
	defer vacate(slots)
	if p.remembers(memory) { // another session of the registrar was verified meanwhile
		return true, nil
	}
	cost, salt, want, ok := parsePHC(hash)
	if !ok {
		derive(p.cost, make([]byte, saltBytes), password)
		return false, nil
	}
	matches := subtle.ConstantTimeCompare(derive(cost, salt, password), want) == 1
	if matches {
		p.remember(memory)
	}
	return matches, nil
}

// Remembers reports whether a password has been verified against a stored hash before.
func (p *Passwords) Remembers(password, hash string) bool {
	return p.remembers(p.memory(password, hash))
}

// memory is what is remembered of a verified password: a hash under a key that only this process has,
// of the password and of the stored hash, so that a change of either is something else.
func (p *Passwords) memory(password, hash string) (memory [sha256.Size]byte) {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(hash))
	mac.Write([]byte{0})
	mac.Write([]byte(password))
	mac.Sum(memory[:0])
	return memory
}

func (p *Passwords) remembers(memory [sha256.Size]byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.verified[memory]
	return ok
}

func (p *Passwords) remember(memory [sha256.Size]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.verified) >= maxVerified {
		clear(p.verified)
	}
	p.verified[memory] = struct{}{}
}

func occupy(ctx context.Context, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func vacate(slots chan struct{}) { <-slots }

func derive(cost ArgonCost, salt []byte, password string) []byte {
	return argon2.IDKey([]byte(password), salt, cost.Passes, cost.MemoryKiB, 1, hashBytes)
}

func phc(cost ArgonCost, salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, cost.MemoryKiB, cost.Passes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash))
}

func parsePHC(s string) (cost ArgonCost, salt, hash []byte, ok bool) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &cost.MemoryKiB, &cost.Passes); err != nil {
		return cost, nil, nil, false
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	hash, hashErr := base64.RawStdEncoding.DecodeString(parts[5])
	ok = saltErr == nil && hashErr == nil && len(hash) == hashBytes && cost.Passes > 0 && cost.MemoryKiB > 0
	return cost, salt, hash, ok
}
