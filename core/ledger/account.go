package ledger

// A Party is whoever an account belongs to; for a registrar it is the registrar's id.
type Party string

// An Account is one side of an Entry.
type Account string

// The accounts of the registry as a whole.
const (
	Bank        Account = "bank"        // money that came in from outside
	Adjustments Account = "adjustments" // what the operator gave to a registrar, or took, without money moving
	WriteOffs   Account = "write-offs"  // what a registrar owed and will not pay
)

// Prepaid is the account whose balance a registrar sees as "balance".
func Prepaid(p Party) Account { return Account("prepaid:" + p) }

// Authorised holds what open charges of p have set aside.
func Authorised(p Party) Account { return Account("authorised:" + p) }

// Uncommitted is the contra account of Authorised: what p has not set aside.
func Uncommitted(p Party) Account { return Account("uncommitted:" + p) }

// Revenue is where posted charges of a type go.
func Revenue(t Type) Account { return Account("revenue:" + t) }
