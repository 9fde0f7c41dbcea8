//go:build !pkcs11

package dns

import "errors"

// TokenConfig says where a PKCS#11 token is.
type TokenConfig struct {
	Library string // the path of its module
	Token   string // its label
	PIN     string
}

// OpenToken refuses: this program was built without the tag pkcs11, which needs a C compiler.
func OpenToken(TokenConfig) (Vault, error) {
	return nil, errors.New("this program was built without PKCS#11; build it with go build -tags pkcs11 ./cmd/dorado")
}
