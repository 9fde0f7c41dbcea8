package registry

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"example.org/dorado/core/ledger"
)

// A PollMessage waits in its registrar's queue until it is acknowledged. RFC 5730 section 2.9.2.3.
type PollMessage struct {
	ID        int64 // given by the store, ascending within a queue
	Registrar RegistrarID
	At        time.Time
	Notice    Notice
}

// A Notice is what a poll message tells: one of the types of this file. Manual 9.11, decisions 4.7.
type Notice interface {
	Kind() NoticeKind
	Event() Event
}

// A NoticeKind names the type of a Notice where it is kept.
type NoticeKind string

// The kinds of notices.
const (
	NoticeTransfer      NoticeKind = "transfer"
	NoticePendingAction NoticeKind = "pendingAction"
	NoticeChange        NoticeKind = "change"
	NoticeMaintenance   NoticeKind = "maintenance"
	NoticeLowBalance    NoticeKind = "lowBalance"
	NoticeAccount       NoticeKind = "account"
	NoticeCertificate   NoticeKind = "certificate"
	NoticeText          NoticeKind = "text"
	NoticeUser          NoticeKind = "user" // only by mail
)

// ReadNotice reads the JSON of a notice of that kind.
func ReadNotice(kind NoticeKind, body []byte) (Notice, error) {
	switch kind {
	case NoticeTransfer:
		return readNotice[TransferNotice](body)
	case NoticePendingAction:
		return readNotice[PendingActionNotice](body)
	case NoticeChange:
		return readNotice[ChangeNotice](body)
	case NoticeMaintenance:
		return readNotice[MaintenanceNotice](body)
	case NoticeLowBalance:
		return readNotice[LowBalanceNotice](body)
	case NoticeAccount:
		return readNotice[AccountNotice](body)
	case NoticeCertificate:
		return readNotice[CertificateNotice](body)
	case NoticeText:
		return readNotice[TextNotice](body)
	case NoticeUser:
		return readNotice[UserNotice](body)
	}
	return nil, fmt.Errorf("a notice of the kind %q is of another version", kind)
}

func readNotice[N Notice](body []byte) (Notice, error) {
	var n N
	if err := json.Unmarshal(body, &n); err != nil {
		return nil, fmt.Errorf("the stored %s notice cannot be read: %w", n.Kind(), err)
	}
	return n, nil
}

// A TransferStatus is where a transfer stands. RFC 5730 section 2.9.3.4, manual 9.11.
type TransferStatus string

// The statuses of a transfer.
const (
	TransferPending         TransferStatus = "pending"
	TransferClientApproved  TransferStatus = "clientApproved"
	TransferClientCancelled TransferStatus = "clientCancelled"
	TransferClientRejected  TransferStatus = "clientRejected"
	TransferServerApproved  TransferStatus = "serverApproved"
	TransferServerCancelled TransferStatus = "serverCancelled"
	// TransferServerRejected is one that the operator rejected. Manual 9.11.2; the schemas lack it.
	TransferServerRejected TransferStatus = "serverRejected"
)

// IsServer reports whether neither side of the transfer ended it.
func (s TransferStatus) IsServer() bool {
	return s == TransferServerApproved || s == TransferServerRejected || s == TransferServerCancelled
}

// A TransferNotice tells how a transfer of a domain or a contact stands: to the losing side that it was
// requested or cancelled, to the gaining side that it was answered. Manual 9.11.1 to 9.11.4.
type TransferNotice struct {
	Object    string         // domain or contact
	Name      string         // the domain's name or the contact's id
	Status    TransferStatus // the others follow RFC 5731 section 3.1.3
	Gaining   RegistrarID    // who requested it, <reID>
	Requested time.Time
	Losing    RegistrarID // who has to answer, or has, <acID>
	// Answer is the latest instant for the answer while it is pending, and the instant of the answer
	// afterwards. Decisions 3.6.
	Answer  time.Time
	Expires time.Time `json:",omitzero"` // of a domain, after the transfer; zero where it says nothing of it
	By      Ender     `json:",omitzero"` // of what neither side ended; not shown by EPP
}

// An Ender is what ended a transfer that neither of its sides did. Messages of older versions have none.
type Ender string

// The enders.
const (
	EndedByTime     Ender = "time" // as nobody had answered
	EndedByOperator Ender = "operator"
)

// Kind is NoticeTransfer.
func (TransferNotice) Kind() NoticeKind { return NoticeTransfer }

// A PendingActionNotice tells that what a command began has ended, such as a deletion with its purge.
// RFC 5731 section 3.3, manual 9.11.5.
type PendingActionNotice struct {
	Name   string // of a domain
	Done   bool   // or it came to nothing
	ClTRID string `json:",omitzero"` // of the command
	SvTRID string
	At     time.Time // when it ended
}

// Kind is NoticePendingAction.
func (PendingActionNotice) Kind() NoticeKind { return NoticePendingAction }

// A ChangeNotice tells of a change that the registrar did not make itself. RFC 8590. Exactly one of Domain,
// Host and Contact is what was changed.
type ChangeNotice struct {
	Step      Event     `json:",omitzero"` // what happened, for whoever is told; not shown by EPP
	Operation string    // create, delete, renew, transfer, update, restore, autoRenew, autoDelete, autoPurge, custom
	Detail    string    `json:",omitzero"` // says more of the operation: <operation op="…">
	At        time.Time // of the change
	SvTRID    string    // of the change
	Who       string    // made it
	CaseType  string    `json:",omitzero"` // udrp, urs or custom; empty if there is no case
	CaseID    string    `json:",omitzero"`
	Why       string    `json:",omitzero"`
	Before    bool      `json:",omitzero"` // the object is as it was before; else as it is after
	Text      string    // one sentence for people

	Former string `json:",omitzero"` // of what was renamed: its name before

	// For mails, which are written in several languages; EPP shows the Text.
	Set, Lifted []Status `json:",omitzero"` // by the operator
	Renewal     Renewal  `json:",omitzero"` // of a name that expired, or was restored

	Domain  *Domain  `json:",omitzero"` // without authInfo
	Host    *Host    `json:",omitzero"`
	Contact *Contact `json:",omitzero"` // without authInfo
	Linked  bool     `json:",omitzero"` // of a host or a contact
}

// A Renewal is why a name renews itself, or that it does not. Messages of older versions have none.
type Renewal string

// The reasons.
const (
	RenewedAsSet   Renewal = "account"  // its registrar's renew model
	RenewedAsAsked Renewal = "transfer" // though not as the account is set: somebody waits for it
	RenewedLocked  Renewal = "lock"     // though not as the account is set: serverDeleteProhibited
	NotRenewed     Renewal = "none"
)

// Kind is NoticeChange.
func (ChangeNotice) Kind() NoticeKind { return NoticeChange }

// A MaintenanceNotice tells of a maintenance as it was when the message was made. RFC 9167.
type MaintenanceNotice struct {
	Type MaintenanceNews
	Maintenance
}

// Kind is NoticeMaintenance.
func (MaintenanceNotice) Kind() NoticeKind { return NoticeMaintenance }

// A LowBalanceNotice tells that a registrar may spend less than the threshold that it set. Decisions 5.5.
type LowBalanceNotice struct {
	Available, Threshold ledger.Money
}

// Kind is NoticeLowBalance.
func (LowBalanceNotice) Kind() NoticeKind { return NoticeLowBalance }

// An AccountNotice tells of a step of a registrar's account, with the figures after it.
type AccountNotice struct {
	Step        Event
	At          time.Time
	Balance     ledger.Money
	Available   ledger.Money // credit
	Minimum     ledger.Money // of the balance
	Amount      ledger.Money `json:",omitzero"` // of the deposit, fee or invoice that it is about
	Reference   string       `json:",omitzero"` // the bank's, or the number of the paper
	HoldsOfYear int          `json:",omitzero"`
	Text        string       // the same in a sentence; may be empty where the rest says it all

	Fee             ledger.Type `json:",omitzero"` // of a fee, which
	Period          string      `json:",omitzero"` // of a fee or an invoice: a month such as 2026-02, or a year
	Act             MoneyKind   `json:",omitzero"` // of a correction by the operator, which
	Taken           bool        `json:",omitzero"` // it lowered the balance
	Names, NamesDue int         `json:",omitzero"` // of a fee for too few registrations: how many there were, and should have been
}

// Kind is NoticeAccount.
func (AccountNotice) Kind() NoticeKind { return NoticeAccount }

// A UserNotice tells a user of the console of something about himself. It is only mailed, to the user's login.
type UserNotice struct {
	Step    Event
	At      time.Time
	Name    string // of the user
	Login   string
	What    UserDeed   `json:",omitzero"` // of EventUserSecured
	By      string     `json:",omitzero"` // the login of who did it, or "registry"; empty: the user himself
	Address netip.Addr `json:",omitzero"` // from which it was done

	Link string    `json:",omitzero"` // the id of a UserLink
	Ends time.Time `json:",omitzero"` // of the link
}

// Kind is NoticeUser.
func (UserNotice) Kind() NoticeKind { return NoticeUser }

// A TextNotice is a sentence and no more.
type TextNotice struct{ Text string }

// Kind is NoticeText.
func (TextNotice) Kind() NoticeKind { return NoticeText }
