package eppclient

import (
	"bytes"
	"unicode/utf8"
)

// The namespaces of extensions that the client does something of its own with.
const (
	idnURI      = nsPrefix + "idn-1.0"                          // manual 9.12.3
	strongURI   = nsPrefix + "epp:secure-authinfo-transfer-1.0" // RFC 9154
	loginSecURI = nsPrefix + "epp:loginSec-1.0"                 // RFC 8807
	ttlURI      = nsPrefix + "epp:ttl-1.0"                      // RFC 9803
)

// A Fee is what a command is said to cost. One without an amount says nothing. RFC 8748 section 5.2.
type Fee struct {
	Amount   string // decimal
	Currency string // empty leaves it to the server
}

// A FeeQuestion asks what creates, renewals, transfers and restores would cost. RFC 8748 section 5.1.1.
type FeeQuestion struct {
	Currency string // empty leaves it to the server
	Years    int    // of creates and renewals; 0 leaves it to the server
}

// A DS is a delegation signer in the four fields of a zone file. RFC 4034 section 5.3, RFC 5910.
type DS struct{ KeyTag, Algorithm, DigestType, Digest string }

// A TTL is how long records of a type may be cached. RFC 9803.
type TTL struct {
	For     string // the type, such as NS
	Seconds string // empty gives it back to the registry
}

// A TTLQuestion says what an info asks about TTLs.
type TTLQuestion string

// What an info can ask: nothing, those that were chosen, or all with the ranges to choose from.
const (
	TTLNotAsked TTLQuestion = ""
	TTLChosen   TTLQuestion = "false"
	TTLPolicy   TTLQuestion = "true"
)

// MaintenanceInfo asks about one maintenance. RFC 9167 section 4.1.3.
type MaintenanceInfo struct{ ID string }

// MaintenanceList asks for those that have not ended.
type MaintenanceList struct{}

// MaxPassword is the length of the longest password without loginSec-1.0, in characters. RFC 5730 section
// 4.2, pwType.
const MaxPassword = 16

// elsewhere stands in the place of a password that is in the extension. RFC 8807 section 3.2.
const elsewhere = "[LOGIN-SECURITY]"

func isLong(password string) bool { return utf8.RuneCountInString(password) > MaxPassword }

// NeedsLoginSec reports whether a password of the login only has room in loginSec-1.0.
func (l Login) NeedsLoginSec() bool { return isLong(l.Password) || isLong(l.NewPassword) }

// InPlace returns what stands where a password usually is.
func (l Login) InPlace(password string) string {
	if isLong(password) {
		return elsewhere
	}
	return password
}

// InExtension returns what stands of a password in the extension.
func (l Login) InExtension(password string) string {
	if isLong(password) {
		return password
	}
	return ""
}

// Demanded returns the namespaces that a session has to announce for a command beyond those that it
// announces anyway.
func Demanded(command any) []string {
	if c, ok := command.(DomainCreate); ok && c.IDNTable != "" {
		return []string{idnURI}
	}
	return nil
}

// DemandedBy is Demanded of a frame: what it names of the extensions that are not announced anyway.
func DemandedBy(frame []byte) []string {
	var uris []string
	for _, uri := range demanding {
		if bytes.Contains(frame, []byte(uri)) {
			uris = append(uris, uri)
		}
	}
	return uris
}
