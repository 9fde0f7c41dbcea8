package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/ledger"
)

func (p *program) ledgerVerify() *cobra.Command {
	var keys []string
	var head string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "verify a signed statement, without the registry",
		Long: `Verify reads a signed statement and says whether it is what the registry signed: whether every entry is there and
as it was, whether the balances are right, and who has signed it. It needs the file and nothing else, and says what is
wrong in words, with status 1.

Give the registry's key, which it publishes, with --key; without it, a file that somebody made with a key of his own
verifies as well. --head is the head that an earlier statement ended with, which this one has to go on from.`,
		Example: `  dorado ledger verify h1001.jsonl --key "$KEY"
  dorado ledger verify april.jsonl --key "$KEY" --head "$HEAD"`,
		Args: oneArgument("the file of a signed statement"),
		RunE: func(_ *cobra.Command, args []string) error {
			trust, err := trustOf(keys, head)
			if err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("the file %s cannot be read: %w", args[0], plain(err))
			}
			defer file.Close()
			found, err := ledger.Verify(file, trust)
			var flaw *ledger.Flaw
			switch {
			case errors.As(err, &flaw):
				fmt.Fprintf(p.out, "This statement is not what the registry signed.\n%s, %v\n", args[0], flaw)
				return exit(1)
			case err != nil:
				return fmt.Errorf("the file %s cannot be read: %w", args[0], plain(err))
			case asJSON:
				return p.printJSON(verifiedOf(found))
			}
			p.tellVerified(found)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&keys, "key", nil, "a public key of the registry, 64 hexadecimal digits; repeat for more")
	f.StringVar(&head, "head", "", "the head that the statement has to go on from, 64 hexadecimal digits")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A verifiedAnswer is what --json prints of a statement that is good.
type verifiedAnswer struct {
	Registrar   string `json:"registrar"`
	First       string `json:"firstDay,omitempty"`
	Last        string `json:"lastDay,omitempty"`
	Entries     int64  `json:"entries"`
	Late        int64  `json:"late"`
	Opening     string `json:"opening"`
	Closing     string `json:"closing"`
	Authorised  string `json:"authorised"`
	FromStart   bool   `json:"fromStart"`
	After       string `json:"after"`
	Head        string `json:"head"`
	Signed      string `json:"signedDay"`
	Key         string `json:"key"`
	KeyIsGiven  bool   `json:"keyIsGiven"`
	HeadIsGiven bool   `json:"headIsGiven"`
}

func verifiedOf(v ledger.Verified) verifiedAnswer {
	a := verifiedAnswer{
		Registrar: string(v.Party), Entries: v.Entries, Late: v.Late,
		Opening: v.Opening.String(), Closing: v.Closing.String(), Authorised: v.Authorised.String(),
		FromStart: v.FromStart, After: v.After.String(), Head: v.Head.String(),
		Signed: v.Signed.Format(time.DateOnly), Key: hex.EncodeToString(v.Key), KeyIsGiven: v.KeyGiven, HeadIsGiven: v.HeadGiven,
	}
	if !v.First.IsZero() {
		a.First, a.Last = v.First.Format(time.DateOnly), v.Last.Format(time.DateOnly)
	}
	return a
}

// trustOf reads what whoever verifies knows.
func trustOf(keys []string, head string) (t ledger.Trust, err error) {
	for _, text := range keys {
		key, err := hex.DecodeString(text)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return t, fmt.Errorf("--key: %q is not a public key of %d hexadecimal digits; dorado ledger key shows it", text, 2*ed25519.PublicKeySize)
		}
		t.Keys = append(t.Keys, key)
	}
	if head != "" {
		known, err := ledger.ParseHash(head)
		if err != nil {
			return t, fmt.Errorf("--head: %w", err)
		}
		t.Head = &known
	}
	return t, nil
}

func (p *program) tellVerified(v ledger.Verified) {
	fmt.Fprintf(p.out, "This is what the registry signed of %s.\n", v.Party)
	if !v.First.IsZero() {
		fmt.Fprintf(p.out, "  days      %s to %s, %s", v.First.Format(time.DateOnly), v.Last.Format(time.DateOnly), countEntries(int(v.Entries)))
		if v.Late > 0 {
			fmt.Fprintf(p.out, ", of which %d of earlier days were written down late", v.Late)
		}
		fmt.Fprintln(p.out)
	}
	fmt.Fprintf(p.out, "  balance   %s before, %s after, with %s set aside\n", v.Opening, v.Closing, v.Authorised)
	fmt.Fprintf(p.out, "  head      %s\n", v.Head)
	fmt.Fprintf(p.out, "  signed    in the head of %s by the key %s\n", v.Signed.Format(time.DateOnly), hex.EncodeToString(v.Key))
	switch {
	case v.FromStart:
		fmt.Fprintln(p.out, "It begins with the registrar's first entry.")
	case v.HeadGiven:
		fmt.Fprintln(p.out, "It goes on from the head that you gave.")
	default:
		fmt.Fprintf(p.out, "It goes on from the head %s: compare that with the end of the statement before.\n", v.After)
	}
	if !v.KeyGiven {
		fmt.Fprintln(p.out, "Compare the key with the one that the registry publishes, or give that with --key.")
	}
}

func (p *program) ledgerKey() *cobra.Command {
	var dir string
	var fresh bool
	cmd := &cobra.Command{
		Use:   "key",
		Short: "show the public key of the ledger, or make a new one",
		Long: `Key shows the key that the days of the ledger are signed with, which the registry publishes, and its id.

With --new it makes another, which signs from the next start of the registry on. What the old one has signed stays
signed by it: publish both, with the day of the change. Copy secrets.toml to the other nodes before they start.`,
		Example: "  dorado ledger key --dir DIR",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			s, err := readSecrets(dir)
			if err != nil {
				return err
			}
			if fresh {
				if err := replaceLedgerKey(dir, &s); err != nil {
					return err
				}
			}
			keys, err := s.keys(filepath.Join(dir, secretsFile))
			if err != nil {
				return err
			}
			if keys.Ledger == nil {
				return fmt.Errorf("%s has no key for the ledger; dorado ledger key --new makes one", secretsFile)
			}
			public := keys.Ledger.Public().(ed25519.PublicKey)
			fmt.Fprintf(p.out, "%s  id %s\n", hex.EncodeToString(public), ledger.KeyID(public))
			if fresh {
				fmt.Fprintln(p.out, "It signs when the registry has been started again.")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", defaultDemo, "directory of the registry")
	cmd.Flags().BoolVar(&fresh, "new", false, "make a new key first")
	return cmd
}

// replaceLedgerKey puts a new key into the secrets of a directory. The salt stays: what was sealed under it has to be
// found again.
func replaceLedgerKey(dir string, s *secrets) error {
	s.Ledger = newSecret()
	if s.LedgerSalt == "" {
		s.LedgerSalt = newSecret()
	}
	return replaceFile(filepath.Join(dir, secretsFile), s.text())
}
