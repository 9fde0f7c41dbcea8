package pages

import (
	"fmt"
	"net/http"

	"golang.org/x/text/language"

	"example.org/dorado/core/lifecycle"
)

// words are the texts of the lookup page in one language. The lower-case ones are told by Go, the others by the page.
type words struct {
	Language, Itself string // its code, and what it calls itself

	Title, Lead, Field, Button, Examples          string
	Now, WasRegistered, WasTransferred            string
	WasChanged, WasSuspended, WasDeleted          string
	Registered, WithoutServers, Held, Suspended   string
	InRedemption, Leaving                         string
	Life, Dates, Created, Changed, Expires        string
	Status, Registrar, Abuse, Website, IANA, ID   string
	Contacts, Closed, ClosedWhy, Open             string
	Servers, NoServers, Security, Signed, Plain   string
	Nameserver, NameserversAt, Addresses, Linked  string
	Name, Organization, Address, Phone, Fax       string
	Email, Machine, AsOf, Tables, Terms, Handle   string
	NotFound, TooLong, Unavailable, Fault, IsZone string
	Elsewhere, Part, NoHostThere, More, Skip      string
	NoName, WithoutZone, NoAddresses              string

	crowded  string // of seconds, which are put in
	crowded1 string // of one second
	own      string // of a name, which is put in
	withheld string // of a name, which is put in
	absent   string // of a name, which is put in
	inLabel  string // of a label and what is wrong with it, which are put in
	inName   string // of what is wrong with a name, which is put in
	dayForm  string // of day, month and year
	months   [12]string
	roles    map[string]string
	meanings map[string]string             // of the statuses
	problems map[string]string             // of names, by how package names calls them; what is not there is told by ""
	ahead    map[lifecycle.Occasion]string // what everybody may know of what is ahead
}

func (w words) tooMany(seconds int) string {
	if seconds == 1 {
		return w.crowded1
	}
	return fmt.Sprintf(w.crowded, seconds)
}

func (w words) ownUse(name string) string { return fmt.Sprintf(w.own, name) }

func (w words) notOffered(name string) string { return fmt.Sprintf(w.withheld, name) }

func (w words) notRegistered(name string) string { return fmt.Sprintf(w.absent, name) }

// languages are those that the page can be had in; the first is for whoever asks for none of them.
func languages() []words { return []words{english(), spanish()} }

// choose returns the texts for a request: those of its parameter lang, or what its client prefers. RFC 9110 section 12.5.4.
func choose(r *http.Request) words {
	all := languages()
	asked := r.URL.Query().Get("lang")
	var tags []language.Tag
	for _, w := range all {
		if w.Language == asked {
			return w
		}
		tags = append(tags, language.MustParse(w.Language))
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return all[0]
	}
	_, i, _ := language.NewMatcher(tags).Match(wanted...)
	return all[i]
}

// otherThan returns the first language that is not one.
func otherThan(w words) words {
	for _, other := range languages() {
		if other.Language != w.Language {
			return other
		}
	}
	return w
}
