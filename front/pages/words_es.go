package pages

import "example.org/dorado/core/lifecycle"

func spanish() words {
	return words{
		Language: "es", Itself: "Español", dayForm: "%d de %s de %d",
		months: [12]string{
			"enero", "febrero", "marzo", "abril", "mayo", "junio",
			"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
		},
		Title: "Consulta de dominios", Field: "Dominio, servidor de nombres, dirección IP o registrador", Button: "Consultar",
		Lead:     "Desde cuándo y hasta cuándo está registrado un nombre, y con qué registrador.",
		Examples: "Por ejemplo",
		Skip:     "Ir al resultado",

		Registered:     "Este nombre está registrado y en la zona.",
		WithoutServers: "Este nombre está registrado y no tiene servidores de nombres: nada se alcanza por él.",
		Held:           "Este nombre está registrado y retenido: no está en la zona, así que nada se alcanza por él.",
		Suspended:      "Este nombre ha vencido. Está fuera de servicio hasta que se renueve, a más tardar el %s.",
		InRedemption:   "Este nombre ha sido eliminado. Su registrador puede restaurarlo hasta el %s.",
		Leaving:        "Este nombre ha sido eliminado y ya no se puede restaurar. Pronto quedará libre para registrarse de nuevo.",

		Life: "Su vida", Now: "Ahora", WasRegistered: "Registrado", WasTransferred: "Pasó a su registrador",
		WasChanged: "Último cambio", WasSuspended: "Vencido y fuera de servicio", WasDeleted: "Eliminado",
		ahead: map[lifecycle.Occasion]string{
			lifecycle.Occasion(lifecycle.Renewed):       "Vence y se renueva solo por un año, salvo que su registrador lo elimine",
			lifecycle.Occasion(lifecycle.Suspended):     "Vence y queda fuera de servicio hasta que se renueve",
			lifecycle.Occasion(lifecycle.Expired):       "Vence y se elimina",
			lifecycle.Occasion(lifecycle.RestoreLapsed): "Se elimina otra vez, salvo que se renueve",
			lifecycle.Occasion(lifecycle.Transferred):   "Pasa a otro registrador, salvo que se rechace la transferencia",
			lifecycle.RedemptionEnds:                    "Ya no se puede restaurar",
			lifecycle.Purged:                            "Queda libre para registrarse de nuevo, aproximadamente a esta hora",
		},
		Dates: "Fechas", Created: "Registrado", Changed: "Último cambio", Expires: "Vence",
		Status: "Estado", Registrar: "Registrador", Abuse: "Denunciar abuso", Website: "Sitio web", IANA: "ID de IANA", ID: "ID",
		Handle:   "ID en el registro",
		Contacts: "Contactos", Closed: "No es público", Open: "Público",
		ClosedWhy: "Lo que no es público se le puede pedir al registrador, que puede hacer llegar un mensaje.",
		roles:     map[string]string{"registrant": "Titular", "admin": "Contacto administrativo", "tech": "Contacto técnico", "billing": "Contacto de facturación"},
		Name:      "Nombre", Organization: "Organización", Address: "Dirección", Phone: "Teléfono", Fax: "Fax", Email: "Correo",
		Servers: "Servidores de nombres", NoServers: "Ninguno.", Security: "DNSSEC", Signed: "Firmado: las respuestas bajo este nombre se pueden verificar.",
		Plain:      "Sin firmar.",
		Nameserver: "Servidor de nombres", NameserversAt: "Servidores de nombres en esta dirección", Addresses: "Direcciones", Linked: "En uso",
		Machine: "Lo mismo para programas", AsOf: "A fecha de", Tables: "Letras que pueden tener los nombres", Terms: "Los datos sirven para informarse de un registro, no para recopilarlos ni para enviar ofertas.",

		crowded:     "Llegaron demasiadas consultas desde su red. Vuelva a intentarlo en %d segundos.",
		crowded1:    "Llegaron demasiadas consultas desde su red. Vuelva a intentarlo en 1 segundo.",
		own:         "%s no se puede registrar: el propio registro usa el nombre.",
		withheld:    "%s no se puede registrar: el registro no lo ofrece.",
		inLabel:     "«%s» %s.",
		inName:      "El nombre %s.",
		NoName:      "Ningún dominio se puede escribir así.",
		WithoutZone: "Un dominio tiene una terminación. Puede tratarse de uno de estos:",
		NoAddresses: "Ninguna.",
		absent:      "%s no está registrado.",
		NotFound:    "Aquí no hay nada con ese nombre.",
		TooLong:     "Es demasiado largo para un nombre. Escriba un nombre, una dirección o un registrador.",
		Unavailable: "El registro no responde en este momento. Vuelva a intentarlo en diez segundos.",
		Fault:       "El registro no puede responder ahora. Vuelva a intentarlo más tarde.",
		IsZone:      "Es una de las zonas del propio registro. Escriba un nombre bajo ella.",
		Elsewhere:   "Los nombres con otras terminaciones los llevan otros registros.",
		Part:        "El nombre consultado sería parte de este:",
		NoHostThere: "Ningún servidor de nombres de este registro tiene esa dirección.",
		More:        "Hay más; RDAP los muestra todos.",

		meanings: spanishMeanings(),
		problems: spanishProblems(),
	}
}

func spanishMeanings() map[string]string {
	return map[string]string{
		"ok":                       "Nada está pendiente ni prohibido.",
		"inactive":                 "No tiene servidores de nombres.",
		"linked":                   "Hay nombres que lo usan.",
		"addPeriod":                "Se registró hace pocos días.",
		"renewPeriod":              "Se renovó hace pocos días.",
		"autoRenewPeriod":          "Venció y se renovó solo.",
		"transferPeriod":           "Acaba de pasar a otro registrador.",
		"redemptionPeriod":         "Fue eliminado y su registrador puede restaurarlo.",
		"pendingDelete":            "Fue eliminado y quedará libre.",
		"pendingRestore":           "Se está restaurando.",
		"pendingCreate":            "Se está decidiendo su registro.",
		"pendingRenew":             "Se está decidiendo su renovación.",
		"pendingUpdate":            "Se está decidiendo un cambio.",
		"pendingTransfer":          "Está por pasar a otro registrador.",
		"clientHold":               "Su registrador lo mantiene fuera de la zona.",
		"serverHold":               "El registro lo mantiene fuera de la zona.",
		"clientDeleteProhibited":   "Su registrador impide que se elimine.",
		"clientRenewProhibited":    "Su registrador impide que se renueve.",
		"clientTransferProhibited": "Su registrador impide que pase a otro.",
		"clientUpdateProhibited":   "Su registrador impide que se cambie.",
		"serverDeleteProhibited":   "El registro impide que se elimine.",
		"serverRenewProhibited":    "El registro impide que se renueve.",
		"serverTransferProhibited": "El registro impide que pase a otro registrador.",
		"serverUpdateProhibited":   "El registro impide que se cambie.",
	}
}
