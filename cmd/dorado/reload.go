package main

import (
	"crypto/tls"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"example.org/dorado/front/epp"
)

// loadCredentials reads the certificate of EPP and HTTPS, and the authorities of registrars.
func loadCredentials(dir string, c tlsConfig) (epp.Credentials, error) {
	pair, err := tls.LoadX509KeyPair(inDir(dir, c.Certificate), inDir(dir, c.Key))
	if err != nil {
		return epp.Credentials{}, fmt.Errorf("read the certificate %s with the key %s: %w", c.Certificate, c.Key, err)
	}
	pool, err := loadPool(inDir(dir, c.ClientCA))
	if err != nil {
		return epp.Credentials{}, fmt.Errorf("read the authorities of registrars: %w", err)
	}
	return epp.Credentials{Certificates: []tls.Certificate{pair}, ClientCAs: pool}, nil
}

// reload reads the configuration and the certificates again. What is open stays open: a session
// goes on under the certificate that it began with. If anything is wrong, all stays as it was.
func (h *house) reload() {
	h.reloading.Lock()
	defer h.reloading.Unlock()
	fresh, err := loadConfig(h.dir)
	if err != nil {
		h.log.Error("nothing reloaded: the configuration is wrong", "error", err)
		return
	}
	credentials, err := loadCredentials(h.dir, fresh.TLS)
	if err != nil {
		h.log.Error("nothing reloaded: the certificates are wrong", "error", err)
		return
	}
	level, _ := fresh.Log.level() // checked with the configuration
	h.level.Set(level)
	h.https.pair.Store(&credentials.Certificates[0])
	if h.epp != nil {
		h.epp.SetCredentials(credentials)
	}
	if h.oteEPP != nil {
		h.oteEPP.SetCredentials(credentials)
	}
	live, waiting := changedKeys(h.config, fresh)
	h.config.Log.Level, h.config.TLS = fresh.Log.Level, fresh.TLS
	h.log.Info("reloaded the certificates and what is live of the configuration",
		"changed", live, "certificate_expires", credentials.Certificates[0].Leaf.NotAfter.UTC().Format(time.RFC3339))
	if len(waiting) > 0 {
		h.log.Warn("these keys have changed and wait for a restart", "keys", waiting)
	}
}

// changedKeys compares two configurations: keys that reload brings into force, and keys that wait
// for a restart. It names no value, since some are secret.
func changedKeys(old, fresh config) (live, waiting []string) {
	live, waiting = []string{}, []string{}
	a, b := values(old), values(fresh)
	for _, key := range keysOf(&old) {
		was, isKey := a[key]
		switch {
		case !isKey || reflect.DeepEqual(was, b[key]):
		case strings.HasPrefix(key, "tls.") || key == "log.level":
			live = append(live, key)
		default:
			waiting = append(waiting, key)
		}
	}
	slices.Sort(live)
	slices.Sort(waiting)
	return live, waiting
}

// values returns every key of a configuration, tables apart, with its value.
func values(c config) map[string]any {
	all := map[string]any{}
	var walk func(prefix string, table reflect.Value)
	walk = func(prefix string, table reflect.Value) {
		for field, value := range table.Fields() {
			key := prefix + field.Tag.Get("toml")
			if value.Kind() == reflect.Struct {
				walk(key+".", value)
			} else {
				all[key] = value.Interface()
			}
		}
	}
	walk("", reflect.ValueOf(c))
	return all
}

// expiryWarning is how long before the end of the server's certificate the log begins to say so.
const expiryWarning = 30 * 24 * time.Hour

// warnOfExpiry logs a certificate that ends soon.
func (h *house) warnOfExpiry() {
	if end := h.https.pair.Load().Leaf.NotAfter; time.Until(end) < expiryWarning {
		h.log.Warn("the server's certificate ends soon; replace it and send SIGHUP", "expires", end.UTC().Format(time.RFC3339))
	}
}
