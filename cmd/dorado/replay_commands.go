package main

import (
	"context"
	"errors"
	"io"
	"time"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/cmd/dorado/replay"
)

// replayCommands are the commands that a script can have: those of dorado epp that make one frame.
func (p *program) replayCommands() replay.Commands {
	silent := &program{in: p.in, out: io.Discard, err: io.Discard, env: p.env}
	c := replay.Commands{
		Split: splitWords,
		Frame: func(words []string, clTRID string, expiry func(string) (string, error)) ([]byte, error) {
			return silent.frameOf(words, clTRID, expiry)
		},
		Move: func(verb, argument string) error {
			var err error
			switch verb {
			case "advance":
				_, err = parsePassage(argument, time.Time{})
			case "to":
				_, err = parseInstant(argument)
			}
			return err
		},
	}
	for _, cmd := range (&talker{p: silent, out: io.Discard}).frameTree().Commands() {
		if cmd.Name() != "help" {
			c.Names = append(c.Names, cmd.Name())
		}
	}
	return c
}

// frameOf makes the frame of a command.
func (p *program) frameOf(words []string, clTRID string, expiry func(string) (string, error)) ([]byte, error) {
	var made []byte
	t := &talker{p: p, out: io.Discard, clTRID: clTRID}
	t.instead = func(_ context.Context, frame []byte) error {
		made = frame
		return nil
	}
	t.expiry = func(_ context.Context, name string) (string, error) {
		command, err := t.inASCII(eppclient.Info{Object: "domain", Name: name})
		if err != nil {
			return "", err
		}
		return expiry(command.(eppclient.Info).Name)
	}
	root := t.frameTree()
	root.SetArgs(words)
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	if err := root.ExecuteContext(context.Background()); err != nil {
		return nil, err
	}
	if made == nil {
		return nil, errors.New("this sends nothing; in a script stands what is sent")
	}
	return made, nil
}
