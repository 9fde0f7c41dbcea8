package console

import (
	"context"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Sandboxes are the registrars' test environments, each of one registrar. An error of the kind *registry.Error is told to the
// visitor as it stands: what is wrong with what he sent, and what to do. Every act returns when it is done.
type Sandboxes interface {
	// Sandbox returns a registrar's; false if it was not made yet.
	Sandbox(ctx context.Context, who registry.RegistrarID) (registry.Sandbox, bool, error)
	// Make makes it, with its first credentials, and returns their passwords. One that there is already is refused with
	// registry.ObjectExists, so that a form that was sent twice changes no password.
	Make(ctx context.Context, who registry.RegistrarID) ([]registry.SandboxPassword, error)
	// AddCredential adds one more registrar. That there are as many as may be is a refusal.
	AddCredential(ctx context.Context, who registry.RegistrarID) (registry.SandboxPassword, error)
	// NewPassword replaces the password of one; registry.ObjectMissing if the sandbox has no such credential.
	NewPassword(ctx context.Context, who, id registry.RegistrarID) (registry.SandboxPassword, error)
	// Refill fills the balance of one up to what it began with.
	Refill(ctx context.Context, who, id registry.RegistrarID) error
	// Move moves the clock, and returns when all that fell due is done. What is wrong with a movement is a *registry.Error
	// whose Field is advance, to or next.
	Move(ctx context.Context, who registry.RegistrarID, move registry.SandboxMove) (SandboxMoved, error)
	// Reset takes away all names, contacts, mails and movements of the clock. The credentials stay, with their passwords, and
	// so do the ticks.
	Reset(ctx context.Context, who registry.RegistrarID) error
	// Mails returns the latest of the mails that it would have sent, the newest first, without their texts.
	Mails(ctx context.Context, who registry.RegistrarID) ([]registry.SandboxMail, error)
	// Mail returns one with its text; registry.ObjectMissing if there is none.
	Mail(ctx context.Context, who registry.RegistrarID, id string) (registry.SandboxMail, error)
}

// SandboxAddresses are where programs reach the test environment, as they are told to people; empty ones are not told.
type SandboxAddresses struct {
	EPP   string // such as "ote.example:700"
	HTTPS string // such as "https://ote.example"; /json/ is below it
}

// A SandboxMoved is what a movement of a sandbox's clock made fall due, all of which is done.
type SandboxMoved struct {
	Was, Now time.Time
	Event    string // what happens at Now, of a movement to the next event of a name; empty otherwise

	Renewed     int // names, by themselves
	Suspended   int // names, at expiry
	Deleted     int // names, into redemption
	Transferred int // names, since nobody answered
	Purged      int // names
	Contacts    int // that were purged
	Charges     int // posted
	Posted      ledger.Money
	Months      int // closed
	Mails       int // that would have been sent
}
