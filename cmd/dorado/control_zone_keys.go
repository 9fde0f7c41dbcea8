package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
)

// keyRoutes adds the keys of the zones to the handler of the control socket.
func (h *house) keyRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /keys", answerJSON(h, h.listKeys))
	mux.HandleFunc("GET /keys/{zone}", answerJSON(h, h.showKeys))
	mux.HandleFunc("POST /keys/{zone}/import", answerJSON(h, h.importKeys))
	mux.HandleFunc("POST /keys/{zone}/rollover", answerJSON(h, h.rollKeys))
	mux.HandleFunc("POST /keys/{zone}/ds-seen", answerJSON(h, h.seeDS))
	mux.HandleFunc("POST /keys/{zone}/unsign", answerJSON(h, h.unsignZone))
}

// A keysPage is what an operator sees of the keys of one zone.
type keysPage struct {
	Zone string    `json:"zone"`
	Sign bool      `json:"sign"`
	Keys []keyLine `json:"keys"`

	DS      []string `json:"ds,omitempty"`      // that the zone above should have
	CDS     []string `json:"cds,omitempty"`     // as the zone publishes them
	CDNSKEY []string `json:"cdnskey,omitempty"` // the same
	Awaited bool     `json:"awaited,omitempty"` // the zone above has to change, and nobody has seen that it has
	Kept    []int    `json:"kept,omitempty"`    // tags of KSKs that were imported: the zone above may have their DS already
	Above   string   `json:"above,omitempty"`   // the zone above, if it is ours: its publisher puts the DS there and sees them

	Held    string `json:"held,omitempty"`    // why the zone is not as the configuration has it: signed, though it says false
	Blocked string `json:"blocked,omitempty"` // why it is not published: its private keys cannot be used
}

// A keyLine is one key.
type keyLine struct {
	ID        string    `json:"id"`
	Role      string    `json:"role"`
	Algorithm int       `json:"algorithm"`
	Name      string    `json:"algorithm_name"`
	Bits      int       `json:"bits,omitempty"`
	Tag       int       `json:"tag"`
	Place     string    `json:"place"`
	Object    string    `json:"object,omitempty"`
	Made      time.Time `json:"made"`
	Status    string    `json:"status"`
	Until     time.Time `json:"until,omitzero"`
	Leaves    time.Time `json:"leaves,omitzero"`
	Author    string    `json:"author,omitempty"` // who had it leave, and why
	Reason    string    `json:"reason,omitempty"`
	Gone      time.Time `json:"gone,omitzero"`
}

// page writes the keys of a zone.
func (h *house) page(name names.Name, keys []registry.ZoneKey) (keysPage, error) {
	p, err := h.config.Zone.DNSSEC.policy()
	if err != nil {
		return keysPage{}, err
	}
	origin, err := zone.ParseName(name.String())
	if err != nil {
		return keysPage{}, err
	}
	page := keysPage{Zone: name.String(), Sign: h.config.Zone.DNSSEC.Sign, Keys: []keyLine{}}
	for _, k := range keys {
		status := dnssec.StatusOf(k, p)
		page.Keys = append(page.Keys, keyLine{
			ID: k.ID(), Role: string(k.Role), Algorithm: int(k.Algorithm), Name: dnssec.AlgorithmName(k.Algorithm), Bits: k.Bits,
			Tag: int(dnssec.Tag(k)), Place: string(k.Place), Object: k.Object, Made: k.Made, Status: status.Text, Until: status.Until,
			Leaves: k.Leaves.Since, Author: k.Leaves.Author, Reason: k.Leaves.Reason, Gone: k.Gone,
		})
		moves := k.DS.State == registry.Coming || k.DS.State == registry.Going
		page.Awaited = page.Awaited || moves && k.DS.Seen.IsZero()
		if mayHaveDS(k) {
			page.Kept = append(page.Kept, int(dnssec.Tag(k)))
		}
	}
	if above, ours := zoneAbove(h.core.service.Profile, name); ours {
		page.Above = above.String()
	}
	if !page.Sign {
		page.Held = heldSigned(name, keys)
	}
	if why := h.blockedZone(name); why != nil {
		page.Blocked = why.Error()
	}
	for _, ds := range dnssec.ParentDS(origin, keys, p).Data {
		page.DS = append(page.DS, dnssec.DSText(ds))
	}
	for _, c := range dnssec.Apex(origin, keys, p) {
		for _, data := range c.Data {
			switch c.Type {
			case zone.TypeCDS:
				page.CDS = append(page.CDS, dnssec.DSText(data))
			case zone.TypeCDNSKEY:
				page.CDNSKEY = append(page.CDNSKEY, dnssec.DNSKEYText(data))
			}
		}
	}
	return page, nil
}

// mayHaveDS reports whether a key was imported, and its DS is not asked for yet: another signer may have had it put into the
// zone above.
func mayHaveDS(k registry.ZoneKey) bool {
	imported := !k.Asked.Since.IsZero()
	return k.Role == registry.KSK && imported && k.Stays() && k.Gone.IsZero() && !k.Unsigning() && k.DS.State == registry.Hidden
}

// heldSigned says why a zone is signed that the configuration does not have signed, and what to do; nothing for another.
func heldSigned(name names.Name, keys []registry.ZoneKey) string {
	switch {
	case !dnssec.IsSigned(keys):
		return ""
	case slices.ContainsFunc(keys, registry.ZoneKey.Unsigning):
		return name.String() + " goes unsigned, and is signed until no cache has its DS"
	}
	return fmt.Sprintf("%s stays signed although zone.dnssec.sign is false: resolvers that find its DS would find it bogus without signatures; "+
		"dorado zone unsign %s has it go unsigned, step by step", name, name)
}

// heldSigned returns what is to be said of zones that are signed although the configuration says otherwise.
func (h *house) heldSigned(ctx context.Context) ([]string, error) {
	var list []string
	if h.config.Zone.DNSSEC.Sign {
		return nil, nil
	}
	for _, z := range h.core.service.Profile.Zones {
		reply, err := h.core.service.Ask(ctx, "", flow.ZoneKeyList{Zone: z.Name})
		if err != nil {
			return nil, err
		}
		if says := heldSigned(z.Name, reply.([]registry.ZoneKey)); says != "" {
			list = append(list, says)
		}
	}
	return list, nil
}

// warnOfSigned tells the log of them.
func (h *house) warnOfSigned(ctx context.Context) error {
	list, err := h.heldSigned(ctx)
	for _, says := range list {
		h.log.Warn(says)
	}
	return err
}

// blockedZone returns why a zone is not published by this node, nil if that is not for its keys.
func (h *house) blockedZone(name names.Name) error {
	if h.zones == nil {
		return nil
	}
	for _, b := range h.zones.Blocked() {
		if b.Zone == name {
			return b.Why
		}
	}
	return nil
}

func (h *house) listKeys(ctx context.Context, _ *http.Request, _ struct{}) ([]keysPage, error) {
	pages := []keysPage{}
	for _, z := range h.core.service.Profile.Zones {
		page, err := h.keysOf(ctx, z.Name)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func (h *house) keysOf(ctx context.Context, name names.Name) (keysPage, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.ZoneKeyList{Zone: name})
	if err != nil {
		return keysPage{}, err
	}
	return h.page(name, reply.([]registry.ZoneKey))
}

func (h *house) showKeys(ctx context.Context, r *http.Request, _ struct{}) (keysPage, error) {
	name, err := zoneOf(r)
	if err != nil {
		return keysPage{}, err
	}
	return h.keysOf(ctx, name)
}

// zoneOf reads the zone of a request's path.
func zoneOf(r *http.Request) (names.Name, error) {
	text := r.PathValue("zone")
	name, err := names.Parse(strings.TrimSuffix(text, "."))
	if err != nil {
		return name, mistake{fmt.Errorf("%q is no zone: %w; give one such as co", text, err)}
	}
	return name, nil
}

// A rolloverRequest says what to replace.
type rolloverRequest struct {
	actRequest
	Role      string `json:"role,omitempty"`
	Algorithm int    `json:"algorithm,omitempty"`
	Now       bool   `json:"now,omitempty"`
}

func (h *house) rollKeys(ctx context.Context, r *http.Request, q rolloverRequest) (keysPage, error) {
	name, err := zoneOf(r)
	if err != nil {
		return keysPage{}, err
	}
	cmd := flow.ZoneRollover{Act: q.act(r), Zone: name, Role: registry.KeyRole(q.Role), Urgent: q.Now}
	if q.Algorithm > 0 && q.Algorithm < 256 {
		cmd.Algorithm = uint8(q.Algorithm)
	}
	return h.keep(ctx, cmd, name, q.actRequest)
}

// A seenRequest says that the zone above has the DS that it should have: as it is asked now, or unchecked.
type seenRequest struct {
	actRequest
	Unchecked bool `json:"unchecked,omitempty"`
}

func (h *house) seeDS(ctx context.Context, r *http.Request, q seenRequest) (keysPage, error) {
	name, err := zoneOf(r)
	if err != nil {
		return keysPage{}, err
	}
	if above, ours := zoneAbove(h.core.service.Profile, name); ours && isZone(h.core.service.Profile, name) {
		return keysPage{}, mistake{fmt.Errorf("the zone above %s is %s, of this registry: its publisher puts the DS there, takes them away, and sees that by itself; there is nothing to say",
			name, above)}
	}
	cmd := flow.ZoneDSSeen{Act: q.act(r), Zone: name, Unchecked: q.Unchecked}
	if !q.Unchecked {
		if cmd.Keys, cmd.TTL, err = h.askAbove(ctx, name); err != nil {
			return keysPage{}, err
		}
	}
	return h.keep(ctx, cmd, name, q.actRequest)
}

// askAbove asks the servers of the configuration for the DS of a zone, and returns its keys and their longest TTL, in
// seconds. Each server has to have exactly what these keys want.
func (h *house) askAbove(ctx context.Context, name names.Name) (keys []registry.ZoneKey, ttl uint32, err error) {
	servers, err := h.config.Zone.DNSSEC.parent()
	if err != nil {
		return nil, 0, err
	}
	if len(servers) == 0 {
		return nil, 0, mistake{errors.New("there is nobody to ask: name servers of the zone above, or resolvers, in zone.dnssec.parent, and restart; " +
			"or look yourself, and say so with --unchecked and --reason")}
	}
	origin, err := originOf(name)
	if err != nil {
		return nil, 0, mistake{err}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.ZoneKeyList{Zone: name})
	if err != nil {
		return nil, 0, err
	}
	keys = reply.([]registry.ZoneKey)
	for _, a := range dns.AskParent(ctx, servers, origin) {
		why := a.Err
		if why == nil {
			why = dnssec.CheckParent(origin, keys, a.DS)
		}
		if why != nil {
			return nil, 0, mistake{fmt.Errorf("%s was asked for the DS of %s: %w; dorado zone ds %s shows what it should have; try again when it has, "+
				"or insist with --unchecked and --reason", a.Server, name, why, name)}
		}
		ttl = max(ttl, a.TTL)
	}
	return keys, ttl, nil
}

// An unsignRequest has a zone go unsigned.
type unsignRequest struct {
	actRequest
	Handed bool `json:"handed_over,omitempty"`
}

func (h *house) unsignZone(ctx context.Context, r *http.Request, q unsignRequest) (keysPage, error) {
	name, err := zoneOf(r)
	if err != nil {
		return keysPage{}, err
	}
	if h.config.Zone.DNSSEC.Sign {
		return keysPage{}, mistake{errors.New("zone.dnssec.sign is true, so the zones are to be signed; set it to false and restart first: signed zones stay so until this command")}
	}
	return h.keep(ctx, flow.ZoneUnsign{Act: q.act(r), Zone: name, Handed: q.Handed}, name, q.actRequest)
}

// An importRequest has the files of keys, each its .key and its .private.
type importRequest struct {
	actRequest
	Files []struct {
		Key     string `json:"key"`
		Private string `json:"private"`
	} `json:"files"`
}

// maxImported is a KSK and a ZSK.
const maxImported = 2

func (h *house) importKeys(ctx context.Context, r *http.Request, q importRequest) (keysPage, error) {
	name, err := zoneOf(r)
	if err != nil {
		return keysPage{}, err
	}
	if place, _, err := h.config.Zone.DNSSEC.place(); err != nil || place == registry.KeyToken {
		return keysPage{}, mistake{cmp.Or(err, dns.ErrNoImport)}
	}
	vault, err := h.vault()
	if err != nil {
		return keysPage{}, mistake{err}
	}
	cmd := flow.ZoneKeysImport{Act: q.act(r), Zone: name}
	for _, file := range q.Files[:min(len(q.Files), maxImported)] {
		pair, err := parseKeyFiles(name.String(), file.Key, file.Private)
		if err != nil {
			return keysPage{}, mistake{err}
		}
		k, err := keepPair(vault, pair)
		if err != nil {
			return keysPage{}, err
		}
		cmd.Keys = append(cmd.Keys, k)
	}
	return h.keep(ctx, cmd, name, q.actRequest)
}

// keepPair puts a private key where keys are.
func keepPair(vault dns.PlacedVault, pair dns.KeyPair) (registry.ZoneKey, error) {
	k, err := vault.Keep(pair)
	if err != nil {
		return k, mistake{err}
	}
	return k, nil
}

// keep runs an operator's command on keys, and has the publisher of this node look at once.
func (h *house) keep(ctx context.Context, cmd flow.Command, name names.Name, by actRequest) (keysPage, error) {
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return keysPage{}, err
	}
	h.log.Info(cmd.Subject().String(), "zone", name.String(), "author", by.Author, "reason", by.Reason)
	if h.zones != nil {
		h.zones.Rekey()
	}
	return h.page(name, reply.([]registry.ZoneKey))
}
