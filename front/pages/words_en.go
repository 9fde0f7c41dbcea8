package pages

import "example.org/dorado/core/lifecycle"

// english is for whoever asks for no other language.
func english() words {
	return words{
		Language: "en", Itself: "English", dayForm: "%d %s %d",
		months: [12]string{
			"January", "February", "March", "April", "May", "June",
			"July", "August", "September", "October", "November", "December",
		},
		Title: "Domain lookup", Field: "Domain name, name server, IP address or registrar", Button: "Look up",
		Lead:     "Since when and until when a name is registered, and with which registrar.",
		Examples: "For example",
		Skip:     "To the result",

		Registered:     "This name is registered and in the zone.",
		WithoutServers: "This name is registered, and has no name servers: nothing can be reached under it.",
		Held:           "This name is registered and on hold: it is not in the zone, so nothing can be reached under it.",
		Suspended:      "This name has expired. It is out of service until it is renewed, at the latest on %s.",
		InRedemption:   "This name has been deleted. Its registrar can restore it until %s.",
		Leaving:        "This name has been deleted and can no longer be restored. It will soon be free to be registered again.",

		Life: "Its life", Now: "Now", WasRegistered: "Registered", WasTransferred: "Moved to its registrar",
		WasChanged: "Last changed", WasSuspended: "Expired, and out of service", WasDeleted: "Deleted",
		ahead: map[lifecycle.Occasion]string{
			lifecycle.Occasion(lifecycle.Renewed):       "Expires, and renews itself for a year unless its registrar deletes it",
			lifecycle.Occasion(lifecycle.Suspended):     "Expires, and goes out of service until it is renewed",
			lifecycle.Occasion(lifecycle.Expired):       "Expires, and is deleted",
			lifecycle.Occasion(lifecycle.RestoreLapsed): "Deleted again, unless it is renewed",
			lifecycle.Occasion(lifecycle.Transferred):   "Moves to another registrar, unless the transfer is refused",
			lifecycle.RedemptionEnds:                    "Can no longer be restored",
			lifecycle.Purged:                            "Free to be registered again, at about this time",
		},
		Dates: "Dates", Created: "Registered", Changed: "Last changed", Expires: "Expires",
		Status: "Status", Registrar: "Registrar", Abuse: "Report abuse", Website: "Website", IANA: "IANA ID", ID: "ID",
		Handle:   "Registry ID",
		Contacts: "Contacts", Closed: "Not public", Open: "Public",
		ClosedWhy: "What is not public can be asked of the registrar, who can pass on a message.",
		roles:     map[string]string{"registrant": "Registrant", "admin": "Administrative contact", "tech": "Technical contact", "billing": "Billing contact"},
		Name:      "Name", Organization: "Organization", Address: "Address", Phone: "Phone", Fax: "Fax", Email: "Email",
		Servers: "Name servers", NoServers: "None.", Security: "DNSSEC", Signed: "Signed: answers below this name can be verified.",
		Plain:      "Not signed.",
		Nameserver: "Name server", NameserversAt: "Name servers at this address", Addresses: "Addresses", Linked: "In use",
		Machine: "The same for programs", AsOf: "As of", Tables: "Letters that names may have", Terms: "The data is for learning about single registrations, not for collecting and not for offers.",

		crowded:     "Too many lookups came from your network. Try again in %d seconds.",
		crowded1:    "Too many lookups came from your network. Try again in 1 second.",
		own:         "%s cannot be registered: the registry itself uses the name.",
		withheld:    "%s cannot be registered: the registry does not offer it.",
		inLabel:     "%q %s.",
		inName:      "The name %s.",
		NoName:      "No domain name can be written so.",
		WithoutZone: "A domain name has an ending. One of these may be meant:",
		NoAddresses: "None.",
		absent:      "%s is not registered.",
		NotFound:    "Nothing of that name is here.",
		TooLong:     "This is too long for a name. Enter one name, address or registrar.",
		Unavailable: "The registry cannot be reached for a moment. Try again in ten seconds.",
		Fault:       "The registry cannot answer this now. Try again later.",
		IsZone:      "This is one of the registry's own zones. Enter a name below it.",
		Elsewhere:   "Names below other endings are kept by other registries.",
		Part:        "The name asked for would be part of this one:",
		NoHostThere: "No name server of this registry has that address.",
		More:        "There are more; RDAP lists all.",

		meanings: englishMeanings(),
		problems: map[string]string{"": "cannot be written so"},
	}
}

func englishMeanings() map[string]string {
	return map[string]string{
		"ok":                       "Nothing is pending or prohibited.",
		"inactive":                 "It has no name servers.",
		"linked":                   "Names use it.",
		"addPeriod":                "It was registered a few days ago.",
		"renewPeriod":              "It was renewed a few days ago.",
		"autoRenewPeriod":          "It has expired and renewed itself.",
		"transferPeriod":           "It has just moved to another registrar.",
		"redemptionPeriod":         "It has been deleted, and its registrar can restore it.",
		"pendingDelete":            "It has been deleted, and will be free.",
		"pendingRestore":           "It is being restored.",
		"pendingCreate":            "Its registration is being decided.",
		"pendingRenew":             "Its renewal is being decided.",
		"pendingUpdate":            "A change of it is being decided.",
		"pendingTransfer":          "It is about to move to another registrar.",
		"clientHold":               "Its registrar keeps it out of the zone.",
		"serverHold":               "The registry keeps it out of the zone.",
		"clientDeleteProhibited":   "Its registrar guards it from being deleted.",
		"clientRenewProhibited":    "Its registrar guards it from being renewed.",
		"clientTransferProhibited": "Its registrar guards it from being moved to another.",
		"clientUpdateProhibited":   "Its registrar guards it from being changed.",
		"serverDeleteProhibited":   "The registry guards it from being deleted.",
		"serverRenewProhibited":    "The registry guards it from being renewed.",
		"serverTransferProhibited": "The registry guards it from being moved to another registrar.",
		"serverUpdateProhibited":   "The registry guards it from being changed.",
	}
}
