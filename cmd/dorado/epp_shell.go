package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

func (t *talker) shellCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "shell",
		Short: "type commands in one session",
		Long: `The shell logs in once and takes the commands of dorado epp, one a line. From a pipe it runs a
script: its exit status is that of the last command that failed, and each failure is told with the number of its line. --xml, --sent and --cltrid can be given on each line.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			session, err := t.open(cmd.Context())
			if err != nil {
				return err
			}
			t.kept = session
			err = t.converse(cmd.Context())
			return errors.Join(err, session.Close())
		},
	}
}

// converse runs lines until there are no more.
func (t *talker) converse(ctx context.Context) error {
	next, interactive := t.lines()
	if interactive {
		fmt.Fprintf(t.out, "Logged in to %s as %s. help shows the commands, exit leaves.\n", t.options.server, t.options.as)
	}
	var status error
	for number := 1; ctx.Err() == nil; number++ {
		line, err := next()
		if errors.Is(err, io.EOF) {
			return status
		}
		if err != nil {
			return err
		}
		switch line = strings.TrimSpace(line); line {
		case "":
		case "exit", "quit", "logout":
			return status
		default:
			if err := t.line(ctx, line); err != nil {
				status = err
				if !interactive {
					fmt.Fprintf(t.p.err, "line %d: %s\n", number, outcome(err))
				}
			}
		}
	}
	return status
}

// outcome says in short how a line of a script ended.
func outcome(err error) string {
	if err == exit(1) {
		return "not run"
	}
	return "refused"
}

// line runs one line as a command line of its own, with flags of its own.
func (t *talker) line(ctx context.Context, line string) error {
	words, err := splitWords(line)
	if err != nil {
		fmt.Fprintln(t.out, err)
		return exit(1)
	}
	if len(words) == 0 {
		return nil
	}
	own := *t
	root := own.tree(own.commands())
	root.SetArgs(words)
	root.SetOut(t.out)
	root.SetErr(t.out)
	err = root.ExecuteContext(ctx)
	var status exit
	if err == nil || errors.As(err, &status) {
		return err
	}
	fmt.Fprintln(t.out, t.style().bad(err.Error()))
	return exit(1)
}

// tree puts the commands of a line below one that has no name.
func (t *talker) tree(commands []*cobra.Command) *cobra.Command {
	root := group(&cobra.Command{
		Use: "epp", SilenceUsage: true, SilenceErrors: true,
		Long:        "A line is one of these commands, or exit. help COMMAND explains it.",
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: ""},

		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	})
	explain(root)
	root.SetFlagErrorFunc(t.shellFlagMistake)
	t.flags(root)
	root.AddCommand(commands...)
	return root
}

// frameTree has the commands that make one frame and nothing else, for who wants the frame instead of its answer.
func (t *talker) frameTree() *cobra.Command {
	return t.tree(append(t.objectCommands(), t.poll(), t.ack(), t.maintenances()))
}

// shellFlagMistake is flagMistake for a line: who speaks to whom is settled when a shell begins.
func (t *talker) shellFlagMistake(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	settled := []string{"dir", "server", "ca", "as", "password", "cert", "key", "timeout"}
	if errors.As(err, &unknown) && slices.Contains(settled, unknown.GetSpecifiedName()) {
		return fmt.Errorf("this shell is logged in to %s as %s; leave it to use --%s", t.options.server, t.options.as, unknown.GetSpecifiedName())
	}
	return flagMistake(cmd, err)
}

// maxLine bounds a line of a script.
const maxLine = 64 << 10

// lines returns a function that reads the next line: with a prompt, editing and history if a person
// types, and plainly otherwise.
func (t *talker) lines() (next func() (string, error), interactive bool) {
	file, ok := t.p.in.(*os.File)
	if !ok || !isTerminal(t.p.in) || !isTerminal(t.p.out) {
		scanner := bufio.NewScanner(t.p.in)
		scanner.Buffer(nil, maxLine)
		return func() (string, error) {
			if !scanner.Scan() {
				return "", errors.Join(scanner.Err(), endOf(scanner.Err()))
			}
			return scanner.Text(), nil
		}, false
	}
	terminal := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{t.p.in, t.p.out}, t.options.as+"> ")
	return func() (string, error) {
		// Raw only while a line is typed, so that commands print as everywhere else.
		state, err := term.MakeRaw(int(file.Fd()))
		if err != nil {
			return "", err
		}
		defer term.Restore(int(file.Fd()), state)
		return terminal.ReadLine()
	}, true
}

// endOf is io.EOF when a scanner ended without an error.
func endOf(err error) error {
	if err == nil {
		return io.EOF
	}
	return nil
}

// splitWords splits a line as a shell does, with quotes and backslashes. A word that begins with #
// and what follows is a remark.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	began, escaped := false, false
	quote := rune(0)
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			began, escaped = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			began, quote = true, r
		case r == '#' && !began:
			return words, nil
		case r == ' ' || r == '\t':
			if began {
				words = append(words, word.String())
				word.Reset()
				began = false
			}
		default:
			began = true
			word.WriteRune(r)
		}
	}
	if quote != 0 || escaped {
		return nil, errors.New("a quote or backslash at the end of the line is not closed")
	}
	if began {
		words = append(words, word.String())
	}
	return words, nil
}
