package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
)

// What is typed wins over the environment: a flag that names another server or another registrar takes neither the
// server nor the secrets from there.
func TestEPPEnvironment(t *testing.T) {
	dir := t.TempDir()
	demo := demoFile{CA: "ca.pem"}
	demo.Production.EPP = "127.0.0.1:7700"
	demo.Production.Registrars = []demoRegistrar{
		{ID: registry.RegistrarID("H1001"), EPPPassword: "of-H1001", Cert: "H1001.pem", Key: "H1001.key"},
		{ID: registry.RegistrarID("H1002"), EPPPassword: "of-H1002", Cert: "H1002.pem", Key: "H1002.key"},
	}
	if err := demo.write(dir); err != nil {
		t.Fatal(err)
	}
	production := "SERVER=epp.example.com:700 CA=real.pem ID=R2001 PASSWORD=real-one CERT=real.pem KEY=real.key"
	inDir := func(name string) string { return dir + "/" + name }
	for _, test := range []struct {
		name, flags, env string
		want             eppOptions
		says             string
	}{
		{
			"all of the environment", "", production,
			eppOptions{server: "epp.example.com:700", ca: "real.pem", as: "R2001", password: "real-one", cert: "real.pem", key: "real.key"},
			"",
		},
		{
			"a demo in spite of it", "--dir " + dir, production,
			eppOptions{server: "127.0.0.1:7700", ca: inDir("ca.pem"), as: "H1001", password: "of-H1001", cert: inDir("H1001.pem"), key: inDir("H1001.key")},
			"",
		},
		{
			"a password for a demo", "--dir " + dir, "PASSWORD=changed",
			eppOptions{server: "127.0.0.1:7700", ca: inDir("ca.pem"), as: "H1001", password: "changed", cert: inDir("H1001.pem"), key: inDir("H1001.key")},
			"",
		},
		{
			"another registrar", "--as R2002 --password its-own", production,
			eppOptions{server: "epp.example.com:700", ca: "real.pem", as: "R2002", password: "its-own"},
			"",
		},
		{
			"another registrar of a demo", "--dir " + dir + " --as H1002", "ID=H1001 PASSWORD=changed CERT=a KEY=b",
			eppOptions{server: "127.0.0.1:7700", ca: inDir("ca.pem"), as: "H1002", password: "of-H1002", cert: inDir("H1002.pem"), key: inDir("H1002.key")},
			"",
		},
		{
			"the same registrar", "--as R2001", production,
			eppOptions{server: "epp.example.com:700", ca: "real.pem", as: "R2001", password: "real-one", cert: "real.pem", key: "real.key"},
			"",
		},
		{
			"another server of the same", "--server epp2.example.com:700", production,
			eppOptions{server: "epp2.example.com:700", ca: "real.pem", as: "R2001", password: "real-one", cert: "real.pem", key: "real.key"},
			"",
		},
		{
			"a certificate of one's own", "--cert mine.pem --key mine.key", production,
			eppOptions{server: "epp.example.com:700", ca: "real.pem", as: "R2001", password: "real-one", cert: "mine.pem", key: "mine.key"},
			"",
		},
		{"a certificate without its key", "--cert mine.pem", production, eppOptions{}, "give both --cert and --key"},
		{"two servers", "--dir " + dir + " --server epp.example.com:700", "", eppOptions{}, "say one of the two"},
		{"another registrar without a password", "--as R2002", production, eppOptions{}, "the environment is that of R2001 (DORADO_EPP_ID); change it to R2002"},
	} {
		var o eppOptions
		cmd := &cobra.Command{Use: "epp"}
		o.flags(cmd)
		if err := cmd.ParseFlags(strings.Fields(test.flags)); err != nil {
			t.Fatal(err)
		}
		env := map[string]string{}
		for _, pair := range strings.Fields(test.env) {
			name, value, _ := strings.Cut(pair, "=")
			env["DORADO_EPP_"+name] = value
		}
		err := o.resolve(func(name string) string { return env[name] })
		if err == nil {
			err = o.whoIsGiven()
		}
		if test.says != "" {
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %v, want %q", test.name, err, test.says)
			}
			continue
		}
		got := eppOptions{server: o.server, ca: o.ca, as: o.as, password: o.password, cert: o.cert, key: o.key}
		if err != nil || got.server != test.want.server || got.ca != test.want.ca || got.as != test.want.as ||
			got.password != test.want.password || got.cert != test.want.cert || got.key != test.want.key {
			t.Errorf("%s: %v\n%+v, want\n%+v", test.name, err, got, test.want)
		}
	}
}
