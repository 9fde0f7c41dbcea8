package policy

import "time"

// Limits bound everything that a stranger or a registrar can make grow. In a profile they stand beside one another,
// whatever part they are of. Decisions 4.1, 4.4.
type Limits struct {
	SessionLimits
	GuessLimits
	ObjectLimits
	RegistrarLimits
	ListedLimits
	BillingLimits

	Lists ListLimits `json:"lists"` // of a registrar's own objects
	Bulk  BulkLimits `json:"bulk"`  // jobs that do one thing to many names

	Children ChildLimits `json:"children"` // scans of the zones of names
	RDAP     RDAPLimits  `json:"rdap"`     // EPP is not concerned

	Console   ConsoleLimits   `json:"console"`   // EPP is not concerned
	Portfolio PortfolioLimits `json:"portfolio"` // EPP is not concerned

	SettledAtOnce       int     `json:"settledAtOnce"`       // names and charges that the engine settles in one transaction, which commands wait for
	SettlePercent       int     `json:"settlePercent"`       // of the time that the engine works while it catches up; the rest is left to commands
	EngineBehindSeconds Seconds `json:"engineBehindSeconds"` // after which a name or a charge that is due and not settled makes the engine unhealthy
}

// SessionLimits bound connections and sessions of EPP, and one frame of them.
type SessionLimits struct {
	FrameBytes                       int     `json:"frameBytes"`                       // of one EPP frame, its header included
	GreetingSeconds                  Seconds `json:"greetingSeconds"`                  // from connection to the end of the TLS handshake
	LoginSeconds                     Seconds `json:"loginSeconds"`                     // from connection to login
	IdleSeconds                      Seconds `json:"idleSeconds"`                      // between two commands. Manual 9.7.2
	FrameSeconds                     Seconds `json:"frameSeconds"`                     // from the first byte of a frame to its last
	Connections                      int     `json:"connections"`                      // of everybody, on one node
	ConnectionsBeforeLogin           int     `json:"connectionsBeforeLogin"`           // of everybody, on one node; one more drops the one that has waited longest
	ConnectionsBeforeLoginPerAddress int     `json:"connectionsBeforeLoginPerAddress"` // of one IPv4 address or IPv6 /64, on one node
	SessionsPerRegistrar             int     `json:"sessionsPerRegistrar"`             // on all nodes together. Manual 9.7.1
	LoginFailures                    int     `json:"loginFailures"`                    // in one connection; the last closes it. Decisions 4.11
	ObjectsPerCheck                  int     `json:"objectsPerCheck"`                  // names or ids in one check. Manual 9.7.1
}

// GuessLimits bound how often a secret may be guessed wrong, and say what passwords have to be. Decisions 4.11.
type GuessLimits struct {
	WrongPasswordsAtOnce     int     `json:"wrongPasswordsAtOnce"`     // of one registrar from one IPv4 address or IPv6 /64, or with one certificate, before the next has to wait
	WrongPasswordSeconds     Seconds `json:"wrongPasswordSeconds"`     // until one more is allowed
	StrangersPasswordsAtOnce int     `json:"strangersPasswordsAtOnce"` // wrong ones of one registrar, from wherever it has not logged in, together
	StrangersPasswordSeconds Seconds `json:"strangersPasswordSeconds"` // until one more wrong one of those is allowed
	WrongAuthInfosAtOnce     int     `json:"wrongAuthInfosAtOnce"`     // of one registrar for one object that it does not sponsor, before the next has to wait
	WrongAuthInfoSeconds     Seconds `json:"wrongAuthInfoSeconds"`     // until that registrar may be wrong once more
	ObjectAuthInfosAtOnce    int     `json:"objectAuthInfosAtOnce"`    // wrong ones for one object, of all registrars together
	ObjectAuthInfoSeconds    Seconds `json:"objectAuthInfoSeconds"`    // until one more wrong one for the object is allowed
	RegistrarAuthInfosAtOnce int     `json:"registrarAuthInfosAtOnce"` // wrong ones of one registrar, for all objects together
	RegistrarAuthInfoSeconds Seconds `json:"registrarAuthInfoSeconds"` // until one more wrong one of the registrar is allowed
	KnownSources             int     `json:"knownSources"`             // of a registrar: addresses that one node remembers that it has logged in from
	PasswordCharacters       int     `json:"passwordCharacters"`       // of a password in the login security extension, at most
	PasswordLeast            int     `json:"passwordLeast"`            // characters of a password that a registrar sets in the console
	PasswordDays             Days    `json:"passwordDays"`             // until a password has to be changed; 0: it need not be
	WarningDays              Days    `json:"warningDays"`              // before a password or a client certificate ends
}

// WrongPasswords is how often a registrar's password may be guessed wrong from one source.
func (l GuessLimits) WrongPasswords() Rate {
	return Rate{l.WrongPasswordsAtOnce, l.WrongPasswordSeconds.Duration()}
}

// StrangersPasswords is how often a registrar's password may be guessed wrong from all sources together from which
// it has not logged in.
func (l GuessLimits) StrangersPasswords() Rate {
	return Rate{l.StrangersPasswordsAtOnce, l.StrangersPasswordSeconds.Duration()}
}

// WrongAuthInfos is how often a registrar may be wrong about the authInfo of one object.
func (l GuessLimits) WrongAuthInfos() Rate {
	return Rate{l.WrongAuthInfosAtOnce, l.WrongAuthInfoSeconds.Duration()}
}

// ObjectAuthInfos is how often all registrars together may be wrong about the authInfo of one object.
func (l GuessLimits) ObjectAuthInfos() Rate {
	return Rate{l.ObjectAuthInfosAtOnce, l.ObjectAuthInfoSeconds.Duration()}
}

// RegistrarAuthInfos is how often a registrar may be wrong about authInfos of whatever objects.
func (l GuessLimits) RegistrarAuthInfos() Rate {
	return Rate{l.RegistrarAuthInfosAtOnce, l.RegistrarAuthInfoSeconds.Duration()}
}

// PasswordEnds returns until when a password may be used that was set at an instant; zero if for ever.
func (l GuessLimits) PasswordEnds(set time.Time) time.Time {
	if l.PasswordDays == 0 || set.IsZero() {
		return time.Time{}
	}
	return l.PasswordDays.After(set)
}

// ObjectLimits bound what one object has, and what is asked about objects.
type ObjectLimits struct {
	LostCreateMilliseconds int `json:"lostCreateMilliseconds"` // a create that ends in 2302 is answered no sooner. Manual 9.9
	AddressesPerHost       int `json:"addressesPerHost"`       // of IPv4 and IPv6 together
	ContactsPerDomain      int `json:"contactsPerDomain"`      // in all roles together, without the registrant
	DSPerDomain            int `json:"dsPerDomain"`            // DS records of one name
	FeesPerCheck           int `json:"feesPerCheck"`           // commands whose fees one check asks for
	WhoisQueryBytes        int `json:"whoisQueryBytes"`        // of one query to WHOIS; EPP is not concerned
	LookupObjects          int `json:"lookupObjects"`          // in one answer to a lookup that may find several; EPP is not concerned
}

// LostCreate is the least time from the beginning of a create to its answer that the object
// exists. Manual 9.7.1, 9.9.
func (l ObjectLimits) LostCreate() time.Duration {
	return time.Duration(l.LostCreateMilliseconds) * time.Millisecond
}

// RegistrarLimits bound what one registrar does and has.
type RegistrarLimits struct {
	// Commands are limits that hold for each registrar, unless it has one of its own. Manual 9.7.1 has
	// none.
	Commands                 []DefaultLimit `json:"commands"`
	LimitsPerRegistrar       int            `json:"limitsPerRegistrar"`       // that the operator sets for one registrar, on commands
	CertificatesPerRegistrar int            `json:"certificatesPerRegistrar"` // client certificates: the old and the new
	CertificateDays          Days           `json:"certificateDays"`          // for which a client certificate is issued by the registry
	CertificatesPerYear      int            `json:"certificatesPerYear"`      // that the registry issues to one registrar
	CertificateWarnings      []Days         `json:"certificateWarnings"`      // before a client certificate ends, when its registrar is told
	CachedAnswers            int            `json:"cachedAnswers"`            // objects, kept on one node for all registrars whose answers are cached
	DropCatchCommands        int64          `json:"dropCatchCommands"`        // a day, above which a registrar is flagged. Manual 9.9.1; 0: no flag
	DropCatchPerName         int64          `json:"dropCatchPerName"`         // a day and name registered, above which a registrar is flagged
}

// CertificateWarning returns for how many days before its end a client certificate is warned of now; 0 if it is not, or
// has ended.
func (l RegistrarLimits) CertificateWarning(ends, now time.Time) int {
	least := Days(0)
	for _, days := range l.CertificateWarnings {
		if now.Before(ends) && !days.After(now).Before(ends) && (least == 0 || days < least) {
			least = days
		}
	}
	return int(least)
}

// ListedLimits bound what waits for somebody, and what one page of a list has.
type ListedLimits struct {
	MailsPerRegistrar  int `json:"mailsPerRegistrar"`  // in the outbox at once, those that failed with them; while it is full, none is added
	MailsListed        int `json:"mailsListed"`        // on one page of the outbox
	PollCounted        int `json:"pollCounted"`        // messages of a queue that are counted; more are told as so many
	LogRowsPerPage     int `json:"logRowsPerPage"`     // of the transaction log
	LogRowsExported    int `json:"logRowsExported"`    // of the transaction log, in one file
	LogRowsRead        int `json:"logRowsRead"`        // of the transaction log, for one page
	MaintenancesListed int `json:"maintenancesListed"` // in the answer to a list
	HistoryPerPage     int `json:"historyPerPage"`     // steps of an object's history
	EntriesPerPage     int `json:"entriesPerPage"`     // of a registrar's statement
	HeadsPerPage       int `json:"headsPerPage"`       // days of the sealed ledger
	MoneyActsPending   int `json:"moneyActsPending"`   // of the operator on one registrar's money, that wait for a second person
	MoneyActsListed    int `json:"moneyActsListed"`    // of the operator on money, in one list
}

// BillingLimits bound what a month is billed by, and what prices come from.
type BillingLimits struct {
	MonthCloseSeconds     Seconds `json:"monthCloseSeconds"`     // after the end of a month until it is closed; commands of its last second are through by then
	TransactionsPerPage   int     `json:"transactionsPerPage"`   // of the billable transactions of a registrar
	InvoicesPerPage       int     `json:"invoicesPerPage"`       // of the list of invoices
	PriceListNames        int     `json:"priceListNames"`        // in one price list
	PriceListLeadSeconds  Seconds `json:"priceListLeadSeconds"`  // from when a list is made effective to when it begins, so that every node knows it; and no list is dropped later than that
	PriceListStageSeconds Seconds `json:"priceListStageSeconds"` // after which a list that nobody adds to is dropped
	Promotions            int     `json:"promotions"`            // that have not ended
}

// PriceListLead is the earliest instant at which a price list that is made effective now may begin.
func (l BillingLimits) PriceListLead(now time.Time) time.Time {
	return now.Add(l.PriceListLeadSeconds.Duration()).Truncate(time.Second)
}
