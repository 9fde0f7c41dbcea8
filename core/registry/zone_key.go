package registry

import (
	"strconv"
	"time"

	"example.org/dorado/core/names"
)

// A ZoneKey is a key that signs one of our zones, or did. What the zone shows of it comes and goes piece by piece, each
// when the caches of resolvers allow it; package dnssec says when. RFC 7583.
type ZoneKey struct {
	Zone    names.Name
	Number  int64 // counts the keys of the zone from 1
	Version int64 // see Domain.Version
	Role    KeyRole

	Algorithm uint8  // of the registry of DNSSEC algorithms
	Bits      int    `json:",omitzero"` // of an RSA key
	Public    []byte // as the DNSKEY record has it. RFC 4034 section 2.1.4

	Place    KeyPlace
	Sealed   []byte `json:",omitzero"` // the private key, if Place is KeySealed and it is not gone
	SealedBy string `json:",omitzero"` // the id of the secret that opens it
	Object   string `json:",omitzero"` // elsewhere: the file's name, or the token's object

	Made  time.Time
	Asked Measure // who had it made and why, if a person did

	// Leaves is when its time was over and a successor was wanted, by whom and why; zero: it stays.
	Leaves    Measure   `json:",omitzero"`
	Successor uint8     `json:",omitzero"` // the algorithm of the successor; 0: the same
	Urgent    bool      `json:",omitzero"` // others may know it: its signatures are replaced at once
	Gone      time.Time `json:",omitzero"` // when nothing of it was left

	// Unsigns is when the zone was to go unsigned, by whom and why; zero: it stays signed. All keys of a zone have the same.
	Unsigns Measure `json:",omitzero"`
	Handed  bool    `json:",omitzero"` // with Unsigns: another signer has taken the zone over, and answers for its DS

	Record     Presence // its DNSKEY record, and with a KSK the signature over all of them
	Signatures Presence // of a ZSK
	DS         Presence // of a KSK, in the zone above
}

// ID is the zone and the number, such as "co-3".
func (k ZoneKey) ID() string { return k.Zone.String() + "-" + strconv.FormatInt(k.Number, 10) }

// Stays reports whether no successor is wanted for the key.
func (k ZoneKey) Stays() bool { return k.Leaves.Since.IsZero() }

// Unsigning reports whether the zone of the key goes unsigned.
func (k ZoneKey) Unsigning() bool { return k.Gone.IsZero() && !k.Unsigns.Since.IsZero() }

// A KeyRole is what a ZoneKey signs.
type KeyRole string

// The key-signing key signs the keys, and the zone above has its DS; the zone-signing key signs all else. RFC 6781
// section 3.1.
const (
	KSK KeyRole = "KSK"
	ZSK KeyRole = "ZSK"
)

// A KeyPlace is where a private key is.
type KeyPlace string

// The places of private keys.
const (
	KeySealed KeyPlace = "database"
	KeyFile   KeyPlace = "files"
	KeyToken  KeyPlace = "pkcs11"
)

// A Presence is how far a piece of a key has come into the caches of resolvers, or out of them.
type Presence struct {
	State PresenceState `json:",omitzero"`
	Since time.Time     `json:",omitzero"` // when that was decided
	Seen  time.Time     `json:",omitzero"` // while coming or going: when the zone was first seen so; zero until then
	TTL   uint32        `json:",omitzero"` // the longest for which a cache keeps what was before, in seconds
	By    Measure       `json:",omitzero"` // who saw it, if a person said so
}

// A PresenceState is one of four.
type PresenceState string

// No resolver has the piece; it is published, and some have it; all have it who look; it is published no more, and some
// have it still.
const (
	Hidden PresenceState = ""
	Coming PresenceState = "coming"
	There  PresenceState = "there"
	Going  PresenceState = "going"
)
