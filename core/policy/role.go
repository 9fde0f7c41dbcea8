package policy

import "example.org/dorado/core/registry"

// An Area is a part of what the registrar console offers. Each of its pages and acts is in one.
type Area string

// The areas.
const (
	AreaOwn      Area = "own"      // one's own profile, second factors and sessions
	AreaNames    Area = "names"    // domains, contacts and hosts: all that can be done with them
	AreaMessages Area = "messages" // the message queue
	AreaLog      Area = "log"      // the transaction log
	AreaFrames   Area = "frames"   // the frame validator
	AreaMoney    Area = "money"    // the account's balance, statements, prices, invoices
	AreaAccount  Area = "account"  // the registrar's details, settings and credentials
	AreaUsers    Area = "users"    // user accounts, and whether all need a second factor
	AreaFiles    Area = "files"    // report files
	AreaSandbox  Area = "sandbox"  // credentials and clock of the test environment
)

// Areas returns all areas, in the order of the console's menu.
func Areas() []Area {
	return []Area{
		AreaNames, AreaMessages, AreaMoney, AreaFiles, AreaLog, AreaFrames, AreaSandbox, AreaAccount, AreaUsers, AreaOwn,
	}
}

// Permits reports whether users of a role may do what is in an area. Administrators and managers may do everything;
// which users a manager may change is a matter of the users, not of the area. Domain administrators have what is about
// names, with the messages and the log that tell of them; finance administrators have the money and the account.
// Manual 4.1.1.
func Permits(role registry.Role, area Area) bool {
	switch role {
	case registry.RoleAdministrator, registry.RoleManager:
		return true
	case registry.RoleDomainAdministrator:
		switch area {
		case AreaOwn, AreaNames, AreaMessages, AreaLog, AreaFrames, AreaFiles, AreaSandbox:
			return true
		}
	case registry.RoleFinanceAdministrator:
		switch area {
		case AreaOwn, AreaMoney, AreaAccount, AreaFiles:
			return true
		}
	}
	return false
}

// MayTouch reports whether a user of one role may make, change and remove users of another. Manual 4.1.1: the administrator
// may, managers among them; managers may not touch managers and administrators; the others touch nobody.
func MayTouch(actor, other registry.Role) bool {
	switch actor {
	case registry.RoleAdministrator:
		return true
	case registry.RoleManager:
		return other == registry.RoleDomainAdministrator || other == registry.RoleFinanceAdministrator
	}
	return false
}
