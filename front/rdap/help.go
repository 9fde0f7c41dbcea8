package rdap

// help answers the help query, and names every extension that some answer uses. RFC 9082 section 3.1.6, RFC 9083 section
// 4.1.
func (h *Handler) help(q query) top {
	base := h.config.Base
	return top{
		conformance("redacted", "paging", "sorting", "subsetting", jscardExtension),
		append(h.terms(q.asked),
			notice{Title: "Lookups", Description: []string{
				"Send GET or HEAD.",
				base + "domain/NAME: a name below a zone of this registry. Names may be in A-labels or, percent-encoded, in U-labels.",
				base + "nameserver/NAME: a name server.",
				base + "entity/HANDLE: a registrar by its IANA id or its id here, or a contact by its handle.",
			}},
			notice{Title: "Searches", Description: []string{
				base + "domains?name=PATTERN, ?nsLdhName=PATTERN, ?nsIp=ADDRESS",
				base + "nameservers?name=PATTERN, ?ip=ADDRESS",
				base + "entities?fn=NAME, ?handle=HANDLE",
				"One asterisk may stand at the end of a label, behind the beginning of what is searched. fieldSet is id, brief or full;" +
					" cursor leads from page to page; count=true counts what is on one page.",
				"Each result counts like a lookup against how often you may ask; of who has little left the page is short, and the next one goes on there.",
			}},
			notice{Title: "Contacts", Description: []string{
				"What a registrar has not opened to the public is redacted. Registrars see their own contacts with their id and EPP" +
					" password, others with an access token of the registry; the header " + PurposeHeader + " says what for.",
				"With the parameter jscard=1 each card stands beside it as a JSContact card.",
			}}),
	}
}
