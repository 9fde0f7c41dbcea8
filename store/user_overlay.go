package store

import "example.org/dorado/core/registry"

// What follows shows to a command what was decided of the console's users before it in its group.

// shownOne is shown for what is there or not.
func shownOne[T any](o *overlay, read func() (T, bool, error)) (T, bool, error) {
	if err := o.show(); err != nil {
		var zero T
		return zero, false, err
	}
	return read()
}

func (o *overlay) User(id registry.UserID) (registry.User, bool, error) {
	return shownOne(o, func() (registry.User, bool, error) { return o.reader.User(id) })
}

func (o *overlay) UserByLogin(login string) (registry.User, bool, error) {
	return shownOne(o, func() (registry.User, bool, error) { return o.reader.UserByLogin(login) })
}

func (o *overlay) UserOf(id registry.RegistrarID, login string) (registry.User, bool, error) {
	return shownOne(o, func() (registry.User, bool, error) { return o.reader.UserOf(id, login) })
}

func (o *overlay) Administrator(id registry.RegistrarID) (registry.User, bool, error) {
	return shownOne(o, func() (registry.User, bool, error) { return o.reader.Administrator(id) })
}

func (o *overlay) UsersOf(id registry.RegistrarID, after string, limit int) ([]registry.User, error) {
	return shown(o, func() ([]registry.User, error) { return o.reader.UsersOf(id, after, limit) })
}

func (o *overlay) CountUsers(id registry.RegistrarID, limit int) (int, error) {
	return shown(o, func() (int, error) { return o.reader.CountUsers(id, limit) })
}

func (o *overlay) Session(id string) (registry.Session, bool, error) {
	return shownOne(o, func() (registry.Session, bool, error) { return o.reader.Session(id) })
}

func (o *overlay) SessionsOf(id registry.UserID, limit int) ([]registry.Session, error) {
	return shown(o, func() ([]registry.Session, error) { return o.reader.SessionsOf(id, limit) })
}

func (o *overlay) UserLink(id string) (registry.UserLink, bool, error) {
	return shownOne(o, func() (registry.UserLink, bool, error) { return o.reader.UserLink(id) })
}

func (o *overlay) UserLinks(id registry.UserID, kind registry.UserLinkKind, limit int) ([]registry.UserLink, error) {
	return shown(o, func() ([]registry.UserLink, error) { return o.reader.UserLinks(id, kind, limit) })
}

func (o *overlay) UserActs(f registry.UserActFilter, limit int) ([]registry.UserAct, error) {
	return shown(o, func() ([]registry.UserAct, error) { return o.reader.UserActs(f, limit) })
}
