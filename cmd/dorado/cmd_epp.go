package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/eppclient"
)

// A talker runs EPP commands that were typed: each on a session of its own, or all of a shell on
// one.
type talker struct {
	p       *program
	out     io.Writer
	options eppOptions
	xml     bool   // print answers as they came
	sent    bool   // print what is sent, too
	clTRID  string // of the next command; empty to make one
	kept    *eppclient.Session

	instead func(context.Context, []byte) error // gets the frame of a command, which is not sent; nil: it is sent

	// expiry tells the date at which a name expires, where commands are not sent.
	expiry func(ctx context.Context, name string) (string, error)
}

func (p *program) eppCommand() *cobra.Command {
	t := &talker{p: p, out: p.out}
	cmd := group(&cobra.Command{
		Use:   "epp",
		Short: "speak EPP to a registry, as a registrar does",
		Long: `An EPP client: one command, a shell, or frames of your own. With a demo in --dir it needs nothing
else; for any other server give --server, --ca, --as and DORADO_EPP_PASSWORD.

The exit status is 0 if the command succeeded, the first two digits of the result code if it was
refused (2303: 23), and 1 if it could not be sent.`,
		Example: `  dorado epp hello
  dorado epp --as H1001 check domain cafemio.co cafeazul.co
  dorado epp --as H1001 info domain cafeazul.co --xml
  dorado epp --as H1002 raw frame.xml
  dorado epp shell`,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.HasSubCommands() { // which only explain themselves
				return nil
			}
			return t.options.resolve(p.env)
		},
	})
	t.options.flags(cmd)
	t.flags(cmd)
	for _, c := range t.commands() {
		prefixExamples(c, "dorado epp")
		cmd.AddCommand(c)
	}
	cmd.AddCommand(t.shellCommand())
	return cmd
}

// flags adds those that a line of the shell has, too.
func (t *talker) flags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.BoolVar(&t.xml, "xml", t.xml, "print the answer as it came")
	f.BoolVar(&t.sent, "sent", t.sent, "print the frame that is sent, too")
	f.StringVar(&t.clTRID, "cltrid", t.clTRID, "client transaction id of the command (default: one that is new)")
}

// commands are those that the command line and the shell share.
func (t *talker) commands() []*cobra.Command {
	return append([]*cobra.Command{t.hello()}, append(t.objectCommands(), t.poll(), t.ack(), t.maintenances(), t.raw(), t.passwd())...)
}

// objectCommands are those on domains, hosts and contacts.
func (t *talker) objectCommands() []*cobra.Command {
	create := group(&cobra.Command{Use: "create", Short: "create a domain, host or contact", Long: t.slow("Create makes a domain, host or contact.")})
	create.AddCommand(t.createDomain(), t.createHost(), t.createContact())
	update := group(&cobra.Command{Use: "update", Short: "update a domain, host or contact"})
	update.AddCommand(t.updateDomain(), t.updateHost(), t.updateContact())
	return []*cobra.Command{t.check(), t.info(), create, t.renew(), update, t.remove(), t.transfer(), t.restore()}
}

// slow adds to what is said of a create what surprises people about one that is refused, where it is sent.
func (t *talker) slow(text string) string {
	if t.instead != nil {
		return text
	}
	return text + "\n\nIf it exists already, the answer comes after two seconds, on purpose: trying in a loop gains nothing. Check answers at once."
}

// do sends a command, prints its answer, and returns the exit status of a refusal.
func (t *talker) do(ctx context.Context, command any) error {
	if t.instead != nil {
		return t.hand(ctx, command)
	}
	answer, err := t.ask(ctx, command)
	if err != nil {
		return err
	}
	t.print(answer)
	return statusOf(answer)
}

// hand gives the frame of a command to whoever wants it instead of the server.
func (t *talker) hand(ctx context.Context, command any) error {
	command, err := t.inASCII(command)
	if err != nil {
		return err
	}
	frame, err := eppclient.Frame(command, cmp.Or(t.clTRID, eppclient.NewTRID()))
	if err != nil {
		return err
	}
	return t.instead(ctx, frame)
}

// ask sends a command and returns its answer.
func (t *talker) ask(ctx context.Context, command any) (eppclient.Answer, error) {
	var answer eppclient.Answer
	command, err := t.inASCII(command)
	if err != nil {
		return answer, err
	}
	err = t.with(ctx, eppclient.Demanded(command), func(s *eppclient.Session) error {
		command := askingTTL(command, s)
		trid := t.clTRID
		if trid == "" {
			trid = eppclient.NewTRID()
		}
		var err error
		answer, err = s.Do(command, trid)
		return err
	})
	return answer, err
}

// askingTTL lets an info ask for the TTLs that were chosen, where the session can.
func askingTTL(command any, s *eppclient.Session) any {
	q, ok := command.(eppclient.Info)
	if !ok || q.Object == "contact" || q.TTL != eppclient.TTLNotAsked || !s.AsksTTL() {
		return command
	}
	q.TTL = eppclient.TTLChosen
	return q
}

// with runs f on the shell's session, or on one that it opens and closes: also in a shell, if its session did
// not announce what is demanded.
func (t *talker) with(ctx context.Context, demanded []string, f func(*eppclient.Session) error) error {
	if t.kept != nil && t.kept.Announced(demanded...) {
		t.watch(t.kept)
		return f(t.kept)
	}
	s, err := t.open(ctx, demanded...)
	if err != nil {
		return err
	}
	defer s.Close()
	return f(s)
}

// open logs in. A refused login is printed like any other answer.
func (t *talker) open(ctx context.Context, demanded ...string) (*eppclient.Session, error) {
	s, answer, err := t.options.login(ctx, "", demanded...)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, t.refusedLogin(answer)
	}
	if !t.xml {
		for _, line := range loginEvents(answer) {
			fmt.Fprintln(t.p.err, line)
		}
	}
	t.watch(s)
	return s, nil
}

// watch prints what a session sends, if that was asked for.
func (t *talker) watch(s *eppclient.Session) {
	s.Sent = nil
	if t.sent {
		s.Sent = func(frame []byte) { fmt.Fprintf(t.out, "%s\n", frame) }
	}
}

// authenticationError is the result code of a login with a wrong password. RFC 5730 section 3.
const authenticationError = 2200

// refusedLogin prints the answer to a login that was refused and returns its exit status.
func (t *talker) refusedLogin(a eppclient.Answer) error {
	t.print(a)
	if a.Code == authenticationError && !t.xml {
		fmt.Fprint(t.out, t.options.whosePassword())
	}
	return statusOf(a)
}

func (t *talker) print(a eppclient.Answer) {
	if t.xml {
		fmt.Fprintf(t.out, "%s\n", a.Raw)
		return
	}
	printAnswer(t.out, t.style(), a)
}

func (t *talker) style() style { return t.p.styleFor(t.p.out) }

// statusOf returns the exit status of an answer: none if it is a success.
func statusOf(a eppclient.Answer) error {
	if a.OK() {
		return nil
	}
	return exit(a.Code / 100)
}

func (t *talker) hello() *cobra.Command {
	return &cobra.Command{
		Use: "hello", Short: "show the server's greeting; needs no login", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			frame, err := t.greeting(cmd.Context())
			if err != nil {
				return err
			}
			if t.xml {
				fmt.Fprintf(t.out, "%s\n", frame)
				return nil
			}
			root, err := eppclient.Parse(frame)
			if err != nil {
				return err
			}
			printGreeting(t.out, t.style(), root.Child("greeting"))
			return nil
		},
	}
}

// greeting asks for a greeting on the shell's session, or takes the one of a new connection.
func (t *talker) greeting(ctx context.Context) ([]byte, error) {
	if t.kept != nil {
		return t.kept.Exchange(eppclient.Hello())
	}
	server, err := t.options.target()
	if err != nil {
		return nil, err
	}
	conn, err := eppclient.Dial(ctx, server)
	if err != nil {
		return nil, t.options.unreachable(err)
	}
	defer conn.Close()
	return conn.Greeting(), nil
}

func (t *talker) raw() *cobra.Command {
	var bare bool
	cmd := &cobra.Command{
		Use:     "raw FILE…",
		Short:   "send frames as they are, from files or - for standard input",
		Long:    "Raw logs in, sends each file as one frame without looking at it, and prints the answers as they\ncome. The exit status is that of the last answer.",
		Example: "  raw frame.xml\n  raw --no-login -",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("say which files to send, or - for standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			frames := make([][]byte, len(args))
			for i, path := range args {
				var err error
				if frames[i], err = t.p.readFrame(path); err != nil {
					return err
				}
			}
			if bare {
				return t.sendBare(cmd.Context(), frames)
			}
			return t.with(cmd.Context(), nil, func(s *eppclient.Session) error { return t.sendRaw(s, frames) })
		},
	}
	cmd.Flags().BoolVar(&bare, "no-login", false, "send them without logging in")
	return cmd
}

// maxRawFrame bounds a file that is sent as a frame.
const maxRawFrame = 16 << 20

func (p *program) readFrame(path string) ([]byte, error) {
	from := p.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	return io.ReadAll(io.LimitReader(from, maxRawFrame))
}

// An exchanger sends a frame and returns what answers it.
type exchanger interface {
	Exchange(frame []byte) ([]byte, error)
}

func (t *talker) sendBare(ctx context.Context, frames [][]byte) error {
	server, err := t.options.target()
	if err != nil {
		return err
	}
	conn, err := eppclient.Dial(ctx, server)
	if err != nil {
		return t.options.unreachable(err)
	}
	defer conn.Close()
	return t.sendRaw(conn, frames)
}

func (t *talker) sendRaw(to exchanger, frames [][]byte) error {
	var status error
	for _, frame := range frames {
		raw, err := to.Exchange(frame)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "%s\n", raw)
		status = nil
		if answer, err := eppclient.ParseAnswer(raw); err == nil { // a greeting is no answer
			status = statusOf(answer)
		}
	}
	return status
}

func (t *talker) passwd() *cobra.Command {
	return &cobra.Command{
		Use:     "passwd",
		Short:   "change the password; the new one is read from standard input",
		Long:    "Passwd logs in with the present password and changes it to the first line of standard input: 6 to 16 characters, or up to 128 if the server offers loginSec-1.0 (RFC 8807). If the present one is that of a demo's demo.json, the new one is written there.",
		Example: "  passwd < new-password.txt",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if t.kept != nil {
				return errors.New("a password is changed at login: leave the shell first")
			}
			password, err := t.p.readPassword()
			if err == nil {
				err = passwordIsPossible("the new password", password, maxLongPassword)
			}
			if err != nil {
				return err
			}
			session, answer, err := t.options.login(cmd.Context(), password)
			if err != nil {
				return err
			}
			if session == nil {
				return t.refusedLogin(answer)
			}
			defer session.Close()
			t.print(answer)
			kept, err := t.options.keepPassword(password)
			if kept != "" && !t.xml {
				fmt.Fprintf(t.out, "      %s has it.\n", kept)
			}
			return err
		},
	}
}
