package bench

import (
	"context"
	"fmt"
	"strings"

	"example.org/dorado/cmd/dorado/eppclient"
)

// login opens a session.
func login(ctx context.Context, address string, a Account, extensions ...string) (*session, error) {
	w, err := dial(ctx, address, a.TLS)
	if err != nil {
		return nil, err
	}
	s := &session{wire: w}
	if err := s.login(a, extensions); err != nil {
		w.conn.Close()
		return nil, fmt.Errorf("log in as %s: %w", a.ID, err)
	}
	return s, nil
}

func (s *session) login(a Account, extensions []string) error {
	if err := s.wire.expect(0); err != nil {
		return err
	}
	if _, err := s.wire.read(); err != nil {
		return fmt.Errorf("read the greeting: %w", err)
	}
	_, err := s.mustDo(eppclient.Login{
		ID: a.ID, Password: a.Password,
		Objects: []string{eppclient.DomainURI, eppclient.ContactURI, eppclient.HostURI}, Extensions: extensions,
	})
	return err
}

// mustDo sends a command that has to succeed.
func (s *session) mustDo(command any) (eppclient.Answer, error) {
	text, err := eppclient.Frame(command, eppclient.NewTRID())
	if err != nil {
		return eppclient.Answer{}, err
	}
	if err := s.wire.expect(0); err != nil {
		return eppclient.Answer{}, err
	}
	raw, err := s.wire.send(text)
	if err != nil {
		return eppclient.Answer{}, err
	}
	answer, err := eppclient.ParseAnswer(raw)
	if err != nil {
		return answer, err
	}
	if !answer.OK() {
		return answer, fmt.Errorf("%d %s %s", answer.Code, answer.Message, strings.Join(answer.Reasons, "; "))
	}
	return answer, nil
}

// ownNames is how many names each session has from the beginning.
const ownNames = 10

// prepare makes the objects that commands refer to, and learns which names exist.
func (l *Load) prepare(run benchRun) error {
	first := l.sessions[0]
	o := run.objects()
	commands := []any{eppclient.ContactCreate{
		ID: o.contact, Email: "bench@example.com", AuthInfo: "bench-Secret-1",
		Voice: &eppclient.Phone{Number: "+57.6015550100"},
		Postal: eppclient.Postal{
			Form: "int", Name: "Bench", Street: []string{"Calle 1"}, City: "Bogota", Postcode: "110221", Country: "CO",
		},
	}}
	for _, host := range o.hosts {
		commands = append(commands, eppclient.HostCreate{Name: host})
	}
	for _, command := range commands {
		if _, err := first.mustDo(command); err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
	}
	if err := each(len(l.sessions), len(l.sessions), func(i int) error { return l.sessions[i].makeNames() }); err != nil {
		return err
	}
	taken, err := first.existing(l.plan.Known)
	if err != nil {
		return err
	}
	for _, s := range l.sessions {
		taken = append(taken, s.own...)
	}
	for _, s := range l.sessions {
		s.taken = taken
	}
	return first.probe()
}

// makeNames registers the names that a session has from the beginning.
func (s *session) makeNames() error {
	if err := s.wire.expect(0); err != nil {
		return err
	}
	for range ownNames {
		code, err := s.do(Create)
		if err == nil && code != succeeded {
			err = fmt.Errorf("the server answers %d", code)
			if code == billingFailure {
				err = fmt.Errorf("the server answers %d: give the registrar funds for the names that the bench registers", code)
			}
		}
		if err != nil {
			return fmt.Errorf("register %s before the run: %w", s.name, err)
		}
	}
	return nil
}

// billingFailure is the result code where the funds do not suffice. RFC 5730 section 3.
const billingFailure = 2104

// perCheck is how many names are asked for at once. Manual 9.7.1.
const perCheck = 50

// existing returns those of a list of names that cannot be registered. It ends at the first fifty of
// which all can: what comes after them in a list of made-up names does not exist either.
func (s *session) existing(list []string) ([][]byte, error) {
	var taken [][]byte
	for len(list) > 0 {
		n := min(perCheck, len(list))
		available, err := s.available(list[:n])
		if err != nil {
			return nil, err
		}
		before := len(taken)
		for _, name := range list[:n] {
			if !available[name] {
				taken = append(taken, []byte(name))
			}
		}
		if len(taken) == before {
			break
		}
		list = list[n:]
	}
	return taken, nil
}

// available asks which of some names can be registered.
func (s *session) available(list []string) (map[string]bool, error) {
	answer, err := s.mustDo(eppclient.Check{Object: "domain", Names: list})
	if err != nil {
		return nil, fmt.Errorf("check names: %w", err)
	}
	available := map[string]bool{}
	for _, data := range answer.Data {
		for _, cd := range data.All("cd") {
			name := cd.Child("name")
			avail := name.Attr("avail")
			available[name.Value()] = avail == "1" || avail == "true"
		}
	}
	return available, nil
}

// probe makes sure that a check tells a name that exists from one that does not, so that what is
// measured is what it seems to be.
func (s *session) probe() error {
	taken, free := string(s.own[0]), string(s.freeName())
	available, err := s.available([]string{taken, free})
	if err != nil {
		return err
	}
	if available[taken] || !available[free] {
		return fmt.Errorf("the server says that %s can be registered: %t, and %s: %t; the other way round is right",
			taken, available[taken], free, available[free])
	}
	return nil
}
