package epp

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// secDNS-1.1, with DS data. RFC 5910, manual 9.12.2, decisions 4.8.

var extSecDNS = extension{
	uri: nsSecDNS,
	read: map[string]func(*decoder, *strictxml.Element){
		"create": (*decoder).secDNSCreate,
		"update": (*decoder).secDNSUpdate,
	},
	write: (*appendix).secDNS,
}

// maxPublicKey bounds the key that comes along with a DS, in bytes. One of RSA with 4,096 bits has 515.
const maxPublicKey = 1024

// secDNSCreate reads <secDNS:create>. RFC 5910 section 5.2.1.
func (d *decoder) secDNSCreate(x *strictxml.Element) {
	signers := dsOrKey(x)
	extend(d, x, "a create of a domain", func(cmd *flow.DomainCreate) { cmd.DS = signers })
}

// secDNSUpdate reads <secDNS:update>. That an update is urgent is an option that this registry lacks: all
// are published within seconds. RFC 5910 section 5.2.5.
func (d *decoder) secDNSUpdate(x *strictxml.Element) {
	if strictxml.Attr(x, "urgent", strictxml.Boolean, false) {
		x.Reject(refusal(registry.UnimplementedOption, "", "no update is more urgent than others; leave the attribute urgent out"))
	}
	rem, add, chg := x.Opt("rem"), x.Opt("add"), x.Opt("chg")
	changed := says(chg) > 0
	var edit flow.SignerEdit
	if rem != nil {
		edit.RemoveAll, edit.Remove = secDNSRemoved(rem)
	}
	if add != nil {
		edit.Add = dsOrKey(add)
	}
	strictxml.Take(chg.Opt("maxSigLife"), maxSigLife)
	extend(d, x, "an update of a domain", func(cmd *flow.DomainUpdate) {
		cmd.DS = edit
		cmd.Empty = cmd.Empty && !edit.RemoveAll && len(edit.Remove)+len(edit.Add) == 0 && !changed
	})
}

// secDNSRemoved reads remType.
func secDNSRemoved(x *strictxml.Element) (all bool, list []registry.DS) {
	switch first := x.Peek(); {
	case first.Is(nsSecDNS, "dsData"):
		for ds := range x.Many("dsData", 1, strictxml.Unbounded) {
			list = append(list, dsData(ds).DS)
		}
	case first.Is(nsSecDNS, "keyData"):
		keysAlone(x)
	default:
		all = strictxml.Take(x.Choice("all", "dsData", "keyData"), strictxml.Boolean)
	}
	return all, list
}

// dsOrKey reads dsOrKeyType. How long signatures live is for the name's own servers to say: maxSigLife is
// ignored. Decisions 4.8.
func dsOrKey(x *strictxml.Element) []registry.DSRecord {
	strictxml.Take(x.Opt("maxSigLife"), maxSigLife)
	if x.Peek().Is(nsSecDNS, "keyData") {
		keysAlone(x)
		return nil
	}
	var list []registry.DSRecord
	for ds := range x.Many("dsData", 1, strictxml.Unbounded) {
		list = append(list, dsData(ds))
	}
	return list
}

// keysAlone reads the key data interface, which this registry lacks.
func keysAlone(x *strictxml.Element) {
	for key := range x.Many("keyData", 1, strictxml.Unbounded) {
		key.Reject(refusal(registry.ParameterPolicy, "", "this registry takes DS data; send dsData, in which keyData may stand"))
		keyData(key)
	}
}

// dsData reads dsDataType.
func dsData(x *strictxml.Element) registry.DSRecord {
	r := registry.DSRecord{DS: registry.DS{
		KeyTag:     strictxml.Take(x.One("keyTag"), strictxml.UnsignedShort),
		Algorithm:  strictxml.Take(x.One("alg"), strictxml.UnsignedByte),
		DigestType: strictxml.Take(x.One("digestType"), strictxml.UnsignedByte),
		Digest:     strings.ToUpper(hex.EncodeToString(strictxml.Take(x.One("digest"), strictxml.HexBinary))),
	}}
	if key := x.Opt("keyData"); key != nil {
		r.Key = keyData(key)
	}
	return r
}

// keyData reads keyDataType.
func keyData(x *strictxml.Element) registry.DNSKEY {
	key := registry.DNSKEY{
		Flags:     strictxml.Take(x.One("flags"), strictxml.UnsignedShort),
		Protocol:  strictxml.Take(x.One("protocol"), strictxml.UnsignedByte),
		Algorithm: strictxml.Take(x.One("alg"), strictxml.UnsignedByte),
	}
	element := x.One("pubKey")
	public := strictxml.Take(element, publicKey)
	if len(public) > maxPublicKey {
		element.Reject(refusal(registry.ParameterPolicy, "", "a public key has "+strconv.Itoa(maxPublicKey)+" bytes at most"))
	}
	key.PublicKey = base64.StdEncoding.EncodeToString(public)
	return key
}

// maxSigLife is maxSigLifeType.
func maxSigLife(s string) (int32, error) {
	n, err := strictxml.Int(s)
	if err == nil && n < 1 {
		err = errors.New("it must be 1 or more")
	}
	return n, err
}

// publicKey is keyType.
func publicKey(s string) ([]byte, error) {
	key, err := strictxml.Base64Binary(s)
	if err == nil && len(key) == 0 {
		err = errors.New("it must not be empty")
	}
	return key, err
}

// secDNS writes <secDNS:infData>, of a domain that was asked for and of one that a change message shows. RFC 5910
// section 5.1.2, RFC 8590 section 3.1.2.
func (w *appendix) secDNS(a answer) {
	r, ok := a.reply.(flow.DomainDetails)
	if polled, is := a.reply.(flow.Polled); is && showsChange(a.announced) {
		r, ok = polled.Object.(flow.DomainDetails)
	}
	if !ok || len(r.DS) == 0 {
		return
	}
	w.object("secDNS", nsSecDNS, "infData")
	for _, ds := range r.DS {
		w.Start("secDNS:dsData")
		w.Element("secDNS:keyTag", strconv.Itoa(int(ds.KeyTag)))
		w.Element("secDNS:alg", strconv.Itoa(int(ds.Algorithm)))
		w.Element("secDNS:digestType", strconv.Itoa(int(ds.DigestType)))
		w.Element("secDNS:digest", ds.Digest)
		if ds.Key != (registry.DNSKEY{}) {
			w.Start("secDNS:keyData")
			w.Element("secDNS:flags", strconv.Itoa(int(ds.Key.Flags)))
			w.Element("secDNS:protocol", strconv.Itoa(int(ds.Key.Protocol)))
			w.Element("secDNS:alg", strconv.Itoa(int(ds.Key.Algorithm)))
			w.Element("secDNS:pubKey", ds.Key.PublicKey)
			w.End()
		}
		w.End()
	}
	w.End()
}
