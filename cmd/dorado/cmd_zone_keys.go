package main

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
)

func (p *program) zoneKeys() *cobra.Command {
	var dir string
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "keys [ZONE]",
		Short: "show the keys that sign the zones, how far each is, and what it waits for",
		Long: `Keys shows the keys of a zone, or of all zones: of each its role, algorithm and tag, how far it has come, and until
when that takes. A KSK signs the other keys, and the zone above has its DS; a ZSK signs all else. Times are of real
time, also where the registry's clock was moved.`,
		Example: `  dorado zone keys
  dorado zone keys co --all`,
		Args: oneZoneAtMost,
		RunE: func(cmd *cobra.Command, args []string) error {
			pages, err := keysPages(cmd, dir, args)
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(pages)
			}
			p.tellKeys(pages, all)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&all, "all", false, "show keys of which nothing is left, too")
	cmd.AddCommand(p.zoneKeysImport(), p.zoneKeysSecret())
	return cmd
}

// oneZoneAtMost takes a zone or none. What is nearly the name of a command below is taken for that.
func oneZoneAtMost(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return errors.New("give one zone, or none for all")
	}
	if len(args) == 1 && strings.TrimSpace(args[0]) == "" {
		return errors.New("the zone is empty; give one such as co, or none for all")
	}
	for _, below := range cmd.Commands() {
		if _, meant := likely(strings.Join(args, ""), []string{below.Name()}); meant && len(args) == 1 {
			return noSuchCommand(cmd, args[0])
		}
	}
	return nil
}

func keysPath(zone string) string { return "/keys/" + url.PathEscape(zone) }

// keysPages asks for the keys of one zone, or of all.
func keysPages(cmd *cobra.Command, dir string, args []string) (pages []keysPage, err error) {
	if len(args) == 0 {
		return pages, call(cmd.Context(), dir, http.MethodGet, "/keys", nil, &pages)
	}
	pages = make([]keysPage, 1)
	return pages, call(cmd.Context(), dir, http.MethodGet, keysPath(args[0]), nil, &pages[0])
}

func (p *program) tellKeys(pages []keysPage, all bool) {
	rows := [][]string{{"KEY", "ROLE", "ALGORITHM", "TAG", "MADE", "STATE"}}
	awaited, none := []string{}, []string{}
	for _, page := range pages {
		if page.Awaited {
			awaited = append(awaited, page.nextAbove())
		}
		if len(page.Keys) == 0 {
			none = append(none, page.Zone)
		}
		for _, k := range page.Keys {
			if k.Gone.IsZero() || all {
				rows = append(rows, []string{k.ID, k.Role, k.algorithm(), strconv.Itoa(k.Tag), k.Made.UTC().Format(time.DateOnly), k.state()})
			}
		}
	}
	if len(rows) > 1 {
		printWrapped(p.out, terminalWidth(p.out), rows)
	}
	if len(none) > 0 {
		fmt.Fprintf(p.out, "%s: no keys%s\n", strings.Join(none, ", "), whyNoKeys(pages))
	}
	for _, says := range awaited {
		fmt.Fprintln(p.out, says)
	}
	for _, page := range pages {
		if page.Held != "" {
			fmt.Fprintf(p.out, "%s.\n", page.Held)
		}
		if page.Blocked != "" {
			fmt.Fprintf(p.out, "%s IS NOT PUBLISHED, and served as it was last: %s.\n", page.Zone, page.Blocked)
		}
	}
}

// nextAbove says who changes the zone above.
func (k keysPage) nextAbove() string {
	if k.Above != "" {
		return fmt.Sprintf("The DS of %s change in %s, which is ours: the publisher does that by itself.", k.Zone, k.Above)
	}
	return fmt.Sprintf("The zone above %s has to change: dorado zone ds %s", k.Zone, k.Zone)
}

func whyNoKeys(pages []keysPage) string {
	if len(pages) > 0 && !pages[0].Sign {
		return ", since zone.dnssec.sign is false"
	}
	return " yet; the publisher makes them when it first signs"
}

// algorithm is the number and the name, and of RSA keys the bits.
func (k keyLine) algorithm() string {
	text := fmt.Sprintf("%d %s", k.Algorithm, k.Name)
	if k.Bits > 0 {
		text += " " + strconv.Itoa(k.Bits)
	}
	return text
}

// state says how far a key is and until when that takes.
func (k keyLine) state() string {
	text := k.Status
	switch {
	case !k.Gone.IsZero():
		return text + " since " + showInstant(k.Gone)
	case !k.Until.IsZero():
		text += "; until " + showInstant(k.Until)
	}
	if !k.Leaves.IsZero() {
		text += " (leaves: " + k.Reason + ")"
	}
	return text
}

func (p *program) zoneRollover() *cobra.Command {
	var dir string
	var q rolloverRequest
	var zsk, ksk bool
	cmd := &cobra.Command{
		Use:   "rollover ZONE --zsk | --ksk | --algorithm N --reason TEXT",
		Short: "replace keys of a zone",
		Long: `Rollover has keys of a zone replaced, step by step, each when the caches of all resolvers are ready for it. The
publisher makes the successors and does the rest; dorado zone keys shows how far it is. A rollover of the KSK or of the
algorithm waits for the zone above: dorado zone ds.

With --now, the signatures of the old key are replaced at once instead of one after the other as they age: for a key that
others may know. The waits for caches stay, since without them resolvers would find the zone bogus.`,
		Example: `  dorado zone rollover co --zsk --reason "new staff"
  dorado zone rollover co --zsk --now --reason "a disk was lost"
  dorado zone rollover co --algorithm 13 --reason "RFC 8624"`,
		Args: oneArgument("the zone, such as co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := q.choose(zsk, ksk, cmd.Flags().Changed("algorithm")); err != nil {
				return err
			}
			q.Author = author(q.Author)
			var page keysPage
			if err := call(cmd.Context(), dir, http.MethodPost, keysPath(args[0])+"/rollover", q, &page); err != nil {
				return err
			}
			p.tellKeys([]keysPage{page}, false)
			fmt.Fprintf(p.out, "\n%s\n", q.steps())
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	f := cmd.Flags()
	f.BoolVar(&zsk, "zsk", false, "replace the zone-signing key")
	f.BoolVar(&ksk, "ksk", false, "replace the key-signing key")
	f.IntVar(&q.Algorithm, "algorithm", 0, "replace both by keys of this algorithm: 8, 13 or 15")
	f.BoolVar(&q.Now, "now", false, "others may know the key: replace its signatures at once")
	return cmd
}

// choose notes what is to be replaced: one of three.
func (q *rolloverRequest) choose(zsk, ksk, algorithm bool) error {
	switch {
	case zsk && ksk || zsk && algorithm || ksk && algorithm:
		return errors.New("--zsk, --ksk and --algorithm do not go together; replace one after the other")
	case zsk:
		q.Role = string(registry.ZSK)
	case ksk:
		q.Role = string(registry.KSK)
	case !algorithm:
		return errors.New("say what to replace: --zsk, --ksk or --algorithm N")
	case q.Algorithm < 0 || q.Algorithm > math.MaxUint8 || !dnssec.IsKnown(uint8(q.Algorithm)):
		return fmt.Errorf("there is no algorithm %d here; 8, 13 and 15 are known", q.Algorithm)
	}
	return nil
}

// steps says what happens next.
func (q rolloverRequest) steps() string {
	switch {
	case q.Algorithm != 0:
		return `The publisher makes new keys now. Next: everything is signed by both algorithms; when all caches have that, the new keys
are published; then the DS in the zone above changes (dorado zone ds); then the old keys go, and last their signatures.`
	case q.Role == string(registry.KSK):
		return `The publisher makes a new KSK now. Next: it is published and signs the keys beside the old one; when all caches have it,
the DS in the zone above changes (dorado zone ds); when no cache has the old DS, the old key goes.`
	case q.Now:
		return `The publisher makes a new ZSK now. Next: it is published; when all caches have it, it signs everything at once; when no
cache has a signature of the old one, the old key goes.`
	}
	return `The publisher makes a new ZSK now. Next: it is published; when all caches have it, it signs what is new and what has
aged; when no signature of the old one is left, the old key goes.`
}

func (p *program) zoneDS() *cobra.Command {
	var dir string
	var q seenRequest
	var seen bool
	cmd := &cobra.Command{
		Use:   "ds ZONE [--seen [--unchecked --reason TEXT]]",
		Short: "show the DS records that the zone above should have, or say that it has them",
		Long: `Ds shows what to hand to whoever runs the zone above, as DS and as DNSKEY. The zone publishes the same as CDS and
CDNSKEY, where the zone above looks for these (RFC 7344). Of a zone that goes unsigned, the zone above must have no DS.

With --seen, the servers of zone.dnssec.parent are asked, and if each has exactly these DS records of the zone, the rollover
goes on from there, when no cache has the old ones any more. If one has not, it is refused. With --unchecked nobody is asked:
you have looked yourself at all servers of the zone above, and say how (--reason).

Where the zone above is one of this registry, the publisher puts the DS there and sees that by itself.`,
		Example: `  dorado zone ds co
  dorado zone ds co --seen
  dorado zone ds co --seen --unchecked --reason "dig at all 13"`,
		Args: oneArgument("the zone, such as co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			method, path, request := http.MethodGet, keysPath(args[0]), any(nil)
			switch {
			case seen:
				q.Author = author(q.Author)
				method, path, request = http.MethodPost, path+"/ds-seen", q
			case q.Unchecked:
				return errors.New("--unchecked is said with --seen")
			}
			var page keysPage
			if err := call(cmd.Context(), dir, method, path, request, &page); err != nil {
				return err
			}
			p.tellDS(page)
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, false)
	cmd.Flags().BoolVar(&seen, "seen", false, "the zone above has exactly these: ask it, and go on")
	cmd.Flags().BoolVar(&q.Unchecked, "unchecked", false, "ask nobody; needs a reason")
	return cmd
}

func (p *program) tellDS(page keysPage) {
	owner := page.Zone + "."
	if len(page.DS) == 0 {
		fmt.Fprintf(p.out, "; %s\n", page.noDS())
	}
	for _, ds := range page.DS {
		fmt.Fprintf(p.out, "%s IN DS %s\n", owner, ds)
	}
	if len(page.DS) > 0 {
		for _, key := range page.CDNSKEY {
			fmt.Fprintf(p.out, "%s IN DNSKEY %s\n", owner, key)
		}
	}
	fmt.Fprintln(p.out)
	for _, ds := range page.CDS {
		fmt.Fprintf(p.out, "; the zone publishes CDS %s\n", ds)
	}
	switch {
	case page.Above != "":
		fmt.Fprintf(p.out, "; the zone above is %s, of this registry: the publisher changes it, and sees that, by itself\n", page.Above)
	case page.Awaited && len(page.DS) == 0:
		fmt.Fprintf(p.out, "; waits until the zone above has none; then: dorado zone ds %s --seen\n", page.Zone)
	case page.Awaited:
		fmt.Fprintf(p.out, "; waits until the zone above has exactly these DS records; then: dorado zone ds %s --seen\n", page.Zone)
	case len(page.DS) == 0:
		p.tellKeys([]keysPage{page}, false)
	default:
		fmt.Fprintln(p.out, "; the zone above was seen with these")
	}
}

// noDS says what the zone above should have while none is asked for.
func (k keysPage) noDS() string {
	var tags []string
	for _, tag := range k.Kept {
		tags = append(tags, strconv.Itoa(tag))
	}
	there := slices.ContainsFunc(k.Keys, func(l keyLine) bool { return l.Gone.IsZero() })
	switch {
	case len(tags) > 0:
		return fmt.Sprintf("nothing to change yet: the zone above may keep the DS of tag %s, whose key was imported", strings.Join(tags, ", "))
	case !there && !k.Sign:
		return fmt.Sprintf("nothing to change: %s is not signed here; if another program signs it, that one has its DS", k.Zone)
	case !there || !k.Awaited && len(k.CDS) == 0:
		return fmt.Sprintf("nothing to hand over yet: the zone above must have no DS of %s. before it is shown here", k.Zone)
	}
	return fmt.Sprintf("the zone above must have no DS of %s.", k.Zone)
}

func (p *program) zoneUnsign() *cobra.Command {
	var dir string
	var q unsignRequest
	cmd := &cobra.Command{
		Use:   "unsign ZONE --reason TEXT [--handed-over]",
		Short: "have a signed zone go unsigned, after its DS",
		Long: `Unsign takes the signatures out of a zone, step by step, where zone.dnssec.sign is false. The zone asks for its DS to be
taken away, by CDS and CDNSKEY (RFC 8078); when the zone above was seen without (dorado zone ds ZONE --seen, or by itself
where that zone is ours too), and no cache has the DS any more, signatures and keys go. Until then the zone is signed as
always. To take it back, set zone.dnssec.sign to true and restart.

With --handed-over the signatures go at once: another signer serves the zone to the world already, under keys that the DS in
the zone above leads to. If that is not so, resolvers find the zone bogus.`,
		Example: `  dorado zone unsign co --reason "the law of 2027"
  dorado zone unsign co --handed-over --reason "Knot has our keys, and serves"`,
		Args: oneArgument("the zone, such as co"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author = author(q.Author)
			var page keysPage
			if err := call(cmd.Context(), dir, http.MethodPost, keysPath(args[0])+"/unsign", q, &page); err != nil {
				return err
			}
			p.tellKeys([]keysPage{page}, false)
			if q.Handed {
				fmt.Fprintln(p.out, "\nThe publisher takes the signatures out now.")
				return nil
			}
			fmt.Fprintf(p.out, "\n%s\n", `Next: the zone asks for its DS to be taken away, and dorado zone ds shows what is awaited; when the zone above was seen
without it, and no cache has it any more, signatures and keys leave the zone.`)
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	cmd.Flags().BoolVar(&q.Handed, "handed-over", false, "another signer serves the zone already: take the signatures out at once")
	return cmd
}

func (p *program) zoneKeysImport() *cobra.Command {
	var dir string
	var q importRequest
	cmd := &cobra.Command{
		Use:   "import ZONE FILE... --reason TEXT",
		Short: "take keys in that BIND or another program made",
		Long: `Import takes in private keys as BIND writes them: Kco.+008+12345.private with Kco.+008+12345.key beside it. Keys of the
same roles that the zone has get them as successors. To go on with the keys of another signer, import them before the
zone is first signed here.`,
		Example: `  dorado zone keys import co Kco.+008+12345.private \
      Kco.+008+23456.private --reason "from the old signer"`,
		Args: zoneAndKeyFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, path := range args[1:] {
				if err := q.add(path); err != nil {
					return err
				}
			}
			q.Author = author(q.Author)
			var page keysPage
			if err := call(cmd.Context(), dir, http.MethodPost, keysPath(args[0])+"/import", q, &page); err != nil {
				return err
			}
			p.tellKeys([]keysPage{page}, false)
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	return cmd
}

// zoneAndKeyFiles takes a zone and the files of a key or two.
func zoneAndKeyFiles(_ *cobra.Command, args []string) error {
	switch {
	case len(args) < 2 || strings.TrimSpace(args[0]) == "":
		return errors.New("give the zone, such as co, and the files of its keys, such as Kco.+008+12345.private")
	case len(args) > 1+maxImported:
		return errors.New("import at most a KSK and a ZSK at once")
	}
	return nil
}

// add reads the two files of a key.
func (q *importRequest) add(path string) error {
	base := strings.TrimSuffix(path, filepath.Ext(path))
	private, err := os.ReadFile(base + ".private")
	if err != nil {
		return fmt.Errorf("%s.private cannot be read: %w", base, plain(err))
	}
	key, err := os.ReadFile(base + ".key")
	if err != nil {
		return fmt.Errorf("%s.key, which belongs beside the other, cannot be read: %w", base, plain(err))
	}
	q.Files = append(q.Files, struct {
		Key     string `json:"key"`
		Private string `json:"private"`
	}{string(key), string(private)})
	return nil
}

func (p *program) zoneKeysSecret() *cobra.Command {
	var dir string
	var fresh bool
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "show which secret seals the private keys of the zones, or make a new one",
		Long: `Secret shows the id of the secret under which the private keys of the zones are sealed in the database.

With --new it makes another, which seals from the next start of the registry on: the publisher then seals everything anew. The
one before is kept beside it, since older backups need it. Copy secrets.toml to the other nodes before they start. A new secret
opens no key that was sealed under one that is lost: then put secrets.toml back from a backup.`,
		Example: "  dorado zone keys secret --new --dir DIR",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			id, err := zoneSecret(dir, fresh)
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "id %s\n", id)
			if fresh {
				fmt.Fprintln(p.out, "It seals when the registry has been started again.")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", defaultDemo, "directory of the registry")
	cmd.Flags().BoolVar(&fresh, "new", false, "make a new secret first")
	return cmd
}
