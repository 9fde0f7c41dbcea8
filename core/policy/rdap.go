package policy

// RDAPLimits bound what searches read, who may see more than the public, and what is kept of that.
type RDAPLimits struct {
	PageSize         int  `json:"pageSize"`         // results on one page of a search
	PrefixCharacters int  `json:"prefixCharacters"` // before the asterisk of a search, at least
	NamesLooked      int  `json:"namesLooked"`      // names that are looked at for one page of a search
	HostsLooked      int  `json:"hostsLooked"`      // name servers whose names are searched at once
	Tokens           int  `json:"tokens"`           // access tokens that have not ended
	TokenDays        Days `json:"tokenDays"`        // until an access token ends, at most
	AccessDays       Days `json:"accessDays"`       // that it is kept who has looked up what is closed
	Listed           int  `json:"listed"`           // tokens, or accesses, in one list of the operator
}

func (l RDAPLimits) legal() bool {
	return min(
		l.PageSize, l.PrefixCharacters,
		l.NamesLooked, l.HostsLooked, l.Tokens, int(l.TokenDays), int(l.AccessDays), l.Listed,
	) >= 1
}
