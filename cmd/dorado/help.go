package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// helpWidth is what help fits in: a terminal's usual 80 columns.
const helpWidth = 80

// flagWidth leaves room for what pflag lets stand out beyond the width that it is given.
const flagWidth = helpWidth - 5

// explain gives a tree of commands its help, which begins with a prefix that a shell has not.
func explain(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(cmd.OutOrStdout(), helpOf(cmd)) })
	root.SetFlagErrorFunc(flagMistake)
	root.SetHelpCommand(&cobra.Command{
		Use: "help COMMAND", Short: "explain a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			found := cmd.Root()
			for _, word := range args {
				next := below(found, word)
				if next == nil && !found.HasAvailableSubCommands() {
					break // an argument, as in help epp check domain
				}
				if next == nil {
					return noSuchCommand(found, word)
				}
				found = next
			}
			return found.Help()
		},
	})
}

// below returns the command of that name below another, or nil.
func below(cmd *cobra.Command, name string) *cobra.Command {
	for _, c := range cmd.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

// helpOf explains a command: what it does, how to write it, what is below it, examples and flags.
func helpOf(cmd *cobra.Command) string {
	var b strings.Builder
	text := cmd.Long
	if text == "" {
		text = upperFirst(cmd.Short) + "."
	}
	b.WriteString(wrap(text, "") + "\n")
	section := func(title, body string) {
		if body = strings.Trim(body, "\n"); body != "" {
			b.WriteString("\n" + title + ":\n" + body + "\n")
		}
	}
	usage := cmd.UseLine()
	if cmd.HasAvailableSubCommands() {
		usage = cmd.CommandPath() + " COMMAND"
	}
	section("Usage", wrap(strings.TrimSpace(usage), "  "))
	section("Commands", commandList(cmd))
	section("Examples", cmd.Example)
	section("Flags", cmd.LocalFlags().FlagUsagesWrapped(flagWidth))
	inherited := "Common flags"
	if cmd.HasAvailableSubCommands() {
		inherited = "Flags of all these commands"
	}
	section(inherited, cmd.InheritedFlags().FlagUsagesWrapped(flagWidth))
	return b.String()
}

func commandList(cmd *cobra.Command) string {
	width := 0
	for _, c := range cmd.Commands() {
		width = max(width, len(c.Name()))
	}
	var b strings.Builder
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			indent := strings.Repeat(" ", width+4)
			fmt.Fprintf(&b, "  %-*s  %s\n", width, c.Name(), strings.TrimSpace(wrap(c.Short, indent)))
		}
	}
	return b.String()
}

// wrap breaks paragraphs at helpWidth. A line that begins with a space stays as it is.
func wrap(text, indent string) string {
	var lines []string
	line := ""
	end := func() {
		if line != "" {
			lines = append(lines, line)
		}
		line = ""
	}
	for source := range strings.Lines(text) {
		source = strings.TrimRight(source, "\n")
		if source == "" || source[0] == ' ' {
			end()
			lines = append(lines, source)
			continue
		}
		for word := range strings.FieldsSeq(source) {
			if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > helpWidth {
				end()
			}
			if line == "" {
				line = indent + word
				continue
			}
			line += " " + word
		}
	}
	end()
	return strings.Join(lines, "\n")
}

func upperFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// prefixExamples makes examples that a shell takes into lines for a terminal.
func prefixExamples(cmd *cobra.Command, prefix string) {
	var lines []string
	continued := false
	for line := range strings.Lines(cmd.Example) {
		if !continued {
			line = "  " + prefix + " " + strings.TrimLeft(line, " ")
		}
		continued = strings.HasSuffix(strings.TrimRight(line, "\n"), `\`)
		lines = append(lines, line)
	}
	cmd.Example = strings.Join(lines, "")
	for _, c := range cmd.Commands() {
		prefixExamples(c, prefix)
	}
}
