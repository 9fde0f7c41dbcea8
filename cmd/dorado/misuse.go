package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// group makes a command of one that only has others below it: alone it explains itself, and a word
// that is none of them is refused.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return noSuchCommand(cmd, args[0])
		}
		return nil
	}
	if cmd.RunE == nil {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	return cmd
}

// noSuchCommand says that a word is no command below another, and which one may be meant.
func noSuchCommand(cmd *cobra.Command, word string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			names = append(names, c.Name())
		}
	}
	where := ""
	if cmd.HasParent() {
		where = " below " + cmd.CommandPath()
	}
	if meant, ok := likely(word, names); ok {
		return fmt.Errorf("there is no command %q%s; did you mean %s?", word, where, meant)
	}
	return fmt.Errorf("there is no command %q%s; there are %s", word, where, list(names))
}

// likely returns the candidate that a mistyped word stands for, if one is near enough.
func likely(word string, candidates []string) (string, bool) {
	if len(candidates) == 0 {
		return "", false
	}
	near := nearest(word, candidates)
	return near, distance(word, near) <= max(1, min(len(word), len(near))/2) || strings.HasPrefix(near, word)
}

// list writes "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// oneOf writes "a, b or c".
func oneOf(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// flagMistake says in a sentence what is wrong with a flag. A command that does not exist is told
// before its flags, which nobody can know.
func flagMistake(cmd *cobra.Command, err error) error {
	if rest := cmd.Flags().Args(); cmd.HasAvailableSubCommands() && len(rest) > 0 {
		return noSuchCommand(cmd, rest[0])
	}
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &bare):
		return fmt.Errorf("--%s needs a value after it: %s", bare.GetSpecifiedName(), bare.GetFlag().Usage)
	case errors.As(err, &wrong):
		return fmt.Errorf("--%s is %s, and %q is none", wrong.GetFlag().Name, kindOfFlag(wrong.GetFlag()), wrong.GetValue())
	}
	return fmt.Errorf("the flags cannot be read: %w; %s --help shows them", err, cmd.CommandPath())
}

func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError) error {
	name, letters := e.GetSpecifiedName(), e.GetSpecifiedShortnames()
	if letters != "" && strings.ContainsAny(letters[:1], "0123456789.") {
		return fmt.Errorf("-%s begins with a hyphen; no argument of %s is negative", letters, cmd.CommandPath())
	}
	if letters != "" {
		return fmt.Errorf("there is no flag -%s; %s --help shows those there are", letters, cmd.CommandPath())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" { // nobody means it by another word
			names = append(names, f.Name)
		}
	})
	if meant, ok := likely(name, names); ok {
		return fmt.Errorf("there is no flag --%s; did you mean --%s?", name, meant)
	}
	return fmt.Errorf("there is no flag --%s; %s --help shows those there are", name, cmd.CommandPath())
}

func kindOfFlag(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "a whole number"
	case "duration":
		return "a length of time such as 30s or 2m"
	case "bool":
		return "true or false"
	}
	return "a " + f.Value.Type()
}

// requiredMark ends the line of a flag that must be given.
const requiredMark = " (required)"

// require marks flags that must be given, and names all that are missing at once.
func require(cmd *cobra.Command, flags ...string) {
	for _, name := range flags {
		f := cmd.Flags().Lookup(name)
		f.Usage += requiredMark
	}
	arguments := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if arguments != nil {
			if err := arguments(cmd, args); err != nil {
				return err
			}
		}
		var missing []string
		for _, name := range flags {
			if f := cmd.Flags().Lookup(name); !f.Changed || f.Value.String() == "" {
				missing = append(missing, "--"+name)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("give %s; %s --help says what each is", list(missing), strings.TrimSpace(cmd.CommandPath()))
		}
		return nil
	}
}

// noArguments refuses arguments, of which the first is often meant for --dir.
func noArguments(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.Flags().Lookup("dir") != nil:
		return fmt.Errorf("%s takes no argument; did you mean --dir %s?", strings.TrimSpace(cmd.CommandPath()), args[0])
	}
	return fmt.Errorf("%s takes no argument, and %q is one", strings.TrimSpace(cmd.CommandPath()), args[0])
}

// yearsArePossible refuses a period that no registry sells. RFC 5731 section 2.6, pLimitType.
func yearsArePossible(years int) error {
	if years < 1 || years > 99 {
		return fmt.Errorf("--years is 1 to 99, and %d is not", years)
	}
	return nil
}
