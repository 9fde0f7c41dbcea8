package sim

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// shows is what model.shows predicts.
func (s *stage) shows(m *model, all roster) map[string]string {
	lines := map[string]string{}
	for _, id := range all.names {
		lines["name "+id] = s.nameLine(id)
	}
	for _, id := range all.hosts {
		lines["host "+id] = s.hostLine(id)
	}
	for _, id := range all.contacts {
		lines["contact "+id] = s.contactLine(id, m)
	}
	for _, id := range all.registrars {
		funds := s.funds(registry.RegistrarID(id))
		lines["registrar "+id] = fmt.Sprintf("balance %d, available %d, short %t", funds.CurrentBalance(), funds.Available(), funds.IsOnHold())
	}
	return lines
}

// asked answers a query; where it is refused there is nothing.
func (s *stage) asked(who registry.RegistrarID, q flow.Query) flow.Reply {
	reply, err := s.Ask(who, q)
	refusal, refused := errors.AsType[*registry.Error](err)
	if err != nil && !refused || refused && refusal.Code != registry.ObjectMissing {
		s.T.Fatalf("%T%+v: %v", q, q, err)
	}
	return reply
}

func (s *stage) nameLine(id string) string {
	d, found := s.asked(observer, flow.DomainInfo{Name: world.Name(id)}).(flow.DomainDetails)
	if !found {
		return unregistered
	}
	var hosts []string
	for _, h := range d.Nameservers {
		hosts = append(hosts, h.Name.String())
	}
	return fmt.Sprintf("of %s, contact %s, created %s, expires %s, %v, grace %v, hosts %v, zone %v",
		d.Sponsor, d.Registrant.ID, instant(d.Created.Unix()), instant(d.Expires.Unix()),
		sortedTexts(d.EPPStatuses), sortedTexts(d.RGPStatuses), hosts, s.delegation(id))
}

func sortedTexts[T ~string](list []T) []string {
	var texts []string
	for _, v := range list {
		texts = append(texts, string(v))
	}
	slices.Sort(texts)
	return texts
}

func (s *stage) hostLine(id string) string {
	h, found := s.asked(observer, flow.HostInfo{Name: world.Name(id)}).(flow.HostDetails)
	if !found {
		return unregistered
	}
	return fmt.Sprintf("of %s, %v", h.Sponsor, sortedTexts(h.EPPStatuses))
}

// contactLine asks as the registrar that should sponsor the contact: no other is told. One that is suspended
// is told nothing.
func (s *stage) contactLine(id string, m *model) string {
	who := observer
	if predicted := m.contacts[id]; predicted != nil {
		if who = registry.RegistrarID(predicted.sponsor); m.registrars[predicted.sponsor].suspended {
			return m.contactLine(id, predicted)
		}
	}
	reply, err := s.Ask(who, flow.ContactInfo{ID: id})
	switch refusal, refused := errors.AsType[*registry.Error](err); {
	case refused && refusal.Code == registry.ObjectMissing:
		return unregistered
	case err != nil:
		return err.Error()
	}
	c := reply.(flow.ContactDetails)
	return fmt.Sprintf("of %s, %v", c.Sponsor, sortedTexts(c.EPPStatuses))
}

// funds are a registrar's as the operator sees them.
func (s *stage) funds(who registry.RegistrarID) ledger.Funds {
	reply, err := s.Ask("", flow.RegistrarShow{ID: who})
	if err != nil {
		s.T.Fatal(err)
	}
	return reply.(flow.RegistrarAccount).Funds
}

// settle writes down all that time has done, whether or not the engine runs in this life.
func (s *stage) settle() { s.Settle() }

// checkWhole holds what is kept against the model, when all that time has done is written down: everybody was
// told everything once and of each object in order, and the zone is what it should be.
func (s *stage) checkWhole(m *model, all roster) {
	s.settle()
	s.CheckInvariants()
	for _, who := range all.registrars {
		had := append(slices.Clone(s.received[who]), s.waiting(who)...)
		if got, want := byObject(had), byObject(m.toldTo(who)); !maps.EqualFunc(got, want, slices.Equal) {
			s.T.Errorf("%s has been told\n%s\nwant\n%s", who, lines(got), lines(want))
		}
	}
	s.publish(1 << 20)
	for _, id := range all.names {
		if got, want := orNothing(s.published[id]), s.delegation(id); got != want {
			s.T.Errorf("the zone has for %s %s, want %s", id, got, want)
		}
	}
}

func orNothing(zone string) string {
	if zone == "" {
		return "nothing"
	}
	return zone
}

// toldTo is what a registrar was told of the events that are compared.
func (m *model) toldTo(who string) []string {
	return slices.DeleteFunc(slices.Clone(m.told[who]), func(text string) bool {
		event, _, _ := strings.Cut(text, " ")
		return !slices.Contains(toldEvents, registry.Event(event))
	})
}

// byObject sorts messages by what they are about: while the engine is late those of one object may come
// after later ones of another.
func byObject(messages []string) map[string][]string {
	sorted := map[string][]string{}
	for _, text := range messages {
		event, about, _ := strings.Cut(text, " ")
		sorted[about] = append(sorted[about], event)
	}
	return sorted
}

func lines(by map[string][]string) string {
	var b strings.Builder
	for _, about := range slices.Sorted(maps.Keys(by)) {
		fmt.Fprintln(&b, about, by[about])
	}
	return b.String()
}

// difference returns the lines that one of two texts has and the other has not.
func difference(a, b string) string {
	have := map[string]int{}
	for line := range strings.Lines(a) {
		have[line]++
	}
	var out strings.Builder
	for line := range strings.Lines(b) {
		if have[line] == 0 {
			out.WriteString("+ " + line)
		}
		have[line]--
	}
	for line := range strings.Lines(a) {
		if have[line] > 0 {
			out.WriteString("- " + line)
			have[line]--
		}
	}
	return out.String()
}
