package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// A measured is a family as /metrics or the manual shows it: its type and the names of its labels.
type measured struct{ kind, labels string }

// scrape returns what /metrics of a demo says, and its families without those of the runtime.
func scrape(t *testing.T, dir string) (text string, families map[string]measured) {
	t.Helper()
	status, text := askHealth(t, dir, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics answers %d, %s", status, text)
	}
	families = map[string]measured{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 4 && words[1] == "TYPE" && strings.HasPrefix(words[2], "dorado_") {
			families[words[2]] = measured{kind: words[3]}
		}
	}
	series := regexp.MustCompile(`(?m)^(dorado_\w+?)(_bucket|_sum|_count)?(?:\{(.*)\})? \S+$`)
	label := regexp.MustCompile(`(\w+)="`)
	for _, found := range series.FindAllStringSubmatch(text, -1) {
		name := found[1]
		if _, is := families[name]; !is {
			name += found[2]
		}
		var labels []string
		for _, l := range label.FindAllStringSubmatch(found[3], -1) {
			if l[1] != "le" {
				labels = append(labels, l[1])
			}
		}
		slices.Sort(labels)
		families[name] = measured{families[name].kind, strings.Join(labels, " ")}
	}
	return text, families
}

// Every metric is in the manual and every row of the manual is a metric, with its type and labels; Prometheus' own linter
// has nothing to say against them. They are not where the world can reach them.
func TestMetrics(t *testing.T) {
	dir, demo := aDemo(t)
	demo.stop()
	appendTo(t, filepath.Join(dir, configFile), "\n[[zone.secondary]]\nname = \"nobody\"\ntsig = \"demo\"\nnotify = \"127.0.0.1:9\"\n")
	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	mustRun(t, "epp", "--dir", dir, "check", "domain", "free.co")
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	paste(t, "", "curl -sk -o /dev/null "+file.Production.RDAP+"domain/cafeazul.co")
	eventually(t, func() bool { // the secondary has been asked
		text, _ := scrape(t, dir)
		return strings.Contains(text, "dorado_secondary_lag_seconds{")
	})
	text, got := scrape(t, dir)
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	want := map[string]measured{}
	row := regexp.MustCompile("(?m)^\\| `(dorado_\\w+)` \\| (\\w+) \\|([^|]*)\\|")
	for _, found := range row.FindAllStringSubmatch(readAll(t, "../../docs/operating.md"), -1) {
		labels := strings.Fields(strings.NewReplacer("`", "", ",", "").Replace(found[3]))
		slices.Sort(labels)
		want[found[1]] = measured{found[2], strings.Join(labels, " ")}
	}
	for name, m := range want {
		if got[name] != m {
			t.Errorf("the manual has %s as %+v, and /metrics has %+v", name, m, got[name])
		}
	}
	for name := range got {
		if _, is := want[name]; !is {
			t.Errorf("the manual has no %s", name)
		}
	}
	has(t, text, `dorado_epp_commands_total{code="1000",command="check",object="domain"} 1`, `dorado_zone_held{zone="co"} 0`,
		`dorado_secondary_answers{secondary="nobody",zone="co"} 0`, `dorado_secondary_ahead{secondary="nobody",zone="co"} 0`, `dorado_lease_held{lease="dns"} 1`, "go_goroutines ",
		`dorado_https_answers_total{code="200",route="/rdap/"} 1`)
	if page := paste(t, "", "curl -sk -o /dev/null -w %{http_code} "+file.Production.HTTPS+"/metrics"); !strings.Contains(page, "404") {
		t.Errorf("the world gets %s", page)
	}
}

// What strangers send makes no new series: names, types, codes and commands that they make up.
func TestStrangersMakeNoSeries(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	ask := func() {
		_, at, _ := strings.Cut(file.Production.DNS, ":")
		for _, words := range []string{"made-up.co TYPE4711", "x.y.z.co A", "co AXFR", "co SOA +opcode=UPDATE", "other.example A +tcp"} {
			args := append([]string{"@127.0.0.1", "-p", at, "+tries=1", "+time=1"}, strings.Fields(words)...)
			if out, err := exec.CommandContext(t.Context(), "dig", args...).CombinedOutput(); err != nil && len(out) == 0 {
				t.Errorf("dig %s: %v", words, err) // what is refused may be an error, too
			}
		}
		run(t, "", "epp", "--dir", dir, "--password", "made-up-1", "check", "domain", "free.co")
	}
	ask()
	names := func() []string {
		text, _ := scrape(t, dir)
		return regexp.MustCompile(`(?m)^dorado_\S+`).FindAllString(text, -1)
	}
	before := names()
	ask()
	ask()
	if after := names(); !slices.Equal(before, after) {
		t.Errorf("%d series have become %d", len(before), len(after))
	}
}

// /healthz.json says what /healthz says, and how the publication is.
func TestHealthDetail(t *testing.T) {
	dir, demo := aDemo(t)
	demo.stop()
	appendTo(t, filepath.Join(dir, configFile), "\n[[zone.secondary]]\nname = \"nobody\"\ntsig = \"demo\"\nnotify = \"127.0.0.1:9\"\nzones = [\"co\"]\n")
	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	var page healthPage
	eventually(t, func() bool {
		status, text := askHealth(t, dir, "/healthz.json")
		if err := json.Unmarshal([]byte(text), &page); status != http.StatusOK || err != nil {
			t.Fatalf("%d, %v: %s", status, err, text)
		}
		return len(page.Zones.Secondaries) == 1
	})
	if page.Status != "ok" || len(page.Roles) != len(allRoles) || !page.Roles[0].Ready || !page.Zones.Publishes || len(page.Zones.Zones) != 8 ||
		page.Zones.Zones[0].Serial == 0 || page.Zones.Zones[0].Made.IsZero() || len(page.Zones.Troubles) > 0 {
		t.Errorf("the page is %+v, %+v", page, page.Zones)
	}
	if s := page.Zones.Secondaries[0]; s.Secondary != "nobody" || s.Zone != "co" || s.Silence == "" {
		t.Errorf("the secondary is %+v", s)
	}
}

// A secondary that is ahead is told of although it lacks nothing, and whether or not it is asked.
func TestSecondariesHealth(t *testing.T) {
	now := time.Now()
	co, err := zone.ParseName("co")
	if err != nil {
		t.Fatal(err)
	}
	ahead := []dns.Ahead{{Zone: co, Secondary: "a", Serial: 17, Served: 10, Since: now}}
	for _, test := range []struct {
		name   string
		seen   dns.Seen
		aheads []dns.Ahead
		want   []secondaryHealth
	}{
		{"well", dns.Seen{Zone: co, Secondary: "a", Asked: true, Serial: 10}, nil, nil},
		{"not asked", dns.Seen{Zone: co, Secondary: "a"}, nil, nil},
		{"behind", dns.Seen{Zone: co, Secondary: "a", Asked: true, Serial: 9, Behind: now.Add(-time.Minute)}, nil, []secondaryHealth{{Secondary: "a", Zone: "co", Serial: 9, LagSeconds: 60}}},
		{"silent", dns.Seen{Zone: co, Secondary: "a", Asked: true, LookErr: io.EOF}, nil, []secondaryHealth{{Secondary: "a", Zone: "co", Silence: "EOF"}}},
		{"ahead", dns.Seen{Zone: co, Secondary: "a", Asked: true, Serial: 17}, ahead, []secondaryHealth{{Secondary: "a", Zone: "co", Serial: 17, Ahead: 7}}},
		{"ahead and not asked", dns.Seen{Zone: co, Secondary: "a"}, ahead, []secondaryHealth{{Secondary: "a", Zone: "co", Serial: 17, Ahead: 7}}},
		{"another is ahead", dns.Seen{Zone: co, Secondary: "b", Asked: true, Serial: 10}, ahead, nil},
	} {
		if got := secondariesHealth([]dns.Seen{test.seen}, test.aheads, now); !slices.Equal(got, test.want) {
			t.Errorf("%s: told is %+v, want %+v", test.name, got, test.want)
		}
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(readAll(t, path)+text), 0o600); err != nil {
		t.Fatal(err)
	}
}
