package console

import "maps"

// spanishObjects returns the Spanish of contacts, name servers, messages and bulk actions.
func spanishObjects() map[string]string {
	all := map[string]string{}
	for _, part := range []map[string]string{
		spanishContacts(), spanishContactForm(), spanishHosts(), spanishMessages(),
		spanishNews(), spanishBulk(), spanishBulkPage(), spanishShared(),
	} {
		maps.Copy(all, part)
	}
	return all
}

// spanishContacts returns the Spanish of contacts.
func spanishContacts() map[string]string {
	return map[string]string{
		"Renew 1 name":               "Renovar 1 nombre",
		"Renew %s names":             "Renovar %s nombres",
		"Delete 1 name":              "Eliminar 1 nombre",
		"Delete %s names":            "Eliminar %s nombres",
		"Restore 1 name":             "Restaurar 1 nombre",
		"Restore %s names":           "Restaurar %s nombres",
		"Change 1 name":              "Cambiar 1 nombre",
		"Change %s names":            "Cambiar %s nombres",
		"1 name will be renewed.":    "Se renovará 1 nombre.",
		"%s names will be renewed.":  "Se renovarán %s nombres.",
		"1 name will be deleted.":    "Se eliminará 1 nombre.",
		"%s names will be deleted.":  "Se eliminarán %s nombres.",
		"1 name will be restored.":   "Se restaurará 1 nombre.",
		"%s names will be restored.": "Se restaurarán %s nombres.",
		"1 name will be changed.":    "Se cambiará 1 nombre.",
		"%s names will be changed.":  "Se cambiarán %s nombres.",
		"1 has it already.":          "1 ya está así.",
		"%s have it already.":        "%s ya están así.",
		"1 cannot be done, and will be left out; the list says why.":                                  "1 no se puede hacer y queda fuera; la lista dice por qué.",
		"%s cannot be done, and will be left out; the list says why.":                                 "%s no se pueden hacer y quedan fuera; la lista dice por qué.",
		"1 name is in its add grace period: it is purged at once and cannot be restored.":             "1 nombre está en su periodo de gracia de registro: se borra de inmediato y no se puede restaurar.",
		"%s names are in their add grace period: they are purged at once and cannot be restored.":     "%s nombres están en su periodo de gracia de registro: se borran de inmediato y no se pueden restaurar.",
		"1 name leaves the zone at once and can be restored; the list says until when.":               "1 nombre sale de la zona de inmediato y se puede restaurar; la lista dice hasta cuándo.",
		"%s names leave the zone at once and can be restored; the list says until when.":              "%s nombres salen de la zona de inmediato y se pueden restaurar; la lista dice hasta cuándo.",
		"Look at the bulk actions, and stop or remove one":                                            "Ver las acciones masivas, y parar o quitar una",
		"The names that are purged at once are to go for good":                                        "Los nombres que se borran de inmediato deben desaparecer para siempre",
		"The preview found no name to which it can be done, so the job has ended. The list says why.": "La vista previa no encontró ningún nombre con el que se pueda hacer, así que la acción ha terminado. La lista dice por qué.",
		"Purged at once; cannot be restored":                                                          "Se borra de inmediato; no se puede restaurar",
		"What becomes of it":                                                                          "Qué pasa con él",
		"These are too many name servers.":                                                            "Son demasiados servidores de nombres.",
		"%s in all":                                                                                   "%s en total",
		"%s or more":                                                                                  "%s o más",
		"%s wants it. Without an answer it goes there by itself.":                                     "%s lo quiere. Sin respuesta, pasa allí por sí solo.",
		"A name needs contacts. Make one, then register names with it.":                               "Un nombre necesita contactos. Cree uno y registre nombres con él.",
		"A name uses this contact, so it cannot be deleted. Give the name another contact first.":     "Un nombre usa este contacto, así que no se puede eliminar. Dé antes otro contacto al nombre.",
		"Another registrar asks for this contact":                                                     "Otro registrador pide este contacto",
		"Approve the transfer":                                                                        "Aprobar la transferencia",
		"As":                                                                                          "Como",
		"Change the filters, or clear them to see all your contacts.":                                 "Cambie los filtros, o bórrelos para ver todos sus contactos.",
		"Contact %s":        "Contacto %s",
		"Delete contact %s": "Eliminar el contacto %s",
		"In WHOIS and RDAP, for who has no right to more.":                                                                     "En WHOIS y RDAP, para quien no tiene derecho a más.",
		"It costs nothing. The registrar that has the contact can answer for five days; if it does not, the contact is yours.": "No cuesta nada. El registrador que tiene el contacto puede responder durante cinco días; si no lo hace, el contacto es suyo.",
		"Its registrar is %s. Without an answer it becomes yours by itself.":                                                   "Su registrador es %s. Sin respuesta, pasa a ser suyo por sí solo.",
		"Make a new transfer code": "Crear un nuevo código de transferencia",
		"No contact fits":          "Ningún contacto coincide",
		"No name uses this contact any more. It will be removed by itself:": "Ningún nombre usa ya este contacto. Se eliminará por sí solo:",
		"Reject the transfer":                                        "Rechazar la transferencia",
		"Request the transfer":                                       "Pedir la transferencia",
		"Search in":                                                  "Buscar en",
		"Take the request back":                                      "Retirar la solicitud",
		"The contact %s was changed.":                                "Se cambió el contacto %s.",
		"The contact %s was deleted.":                                "Se eliminó el contacto %s.",
		"The contact %s was made.":                                   "Se creó el contacto %s.",
		"The new transfer code (authInfo) is shown this once.":       "El nuevo código de transferencia (authInfo) se muestra solo esta vez.",
		"The registrar that has the contact gives it to the person.": "Lo entrega a la persona el registrador que tiene el contacto.",
		"The request for contact %s was taken back.":                 "Se retiró la solicitud del contacto %s.",
		"The transfer of contact %s was approved; it is the other registrar's now.":                           "Se aprobó la transferencia del contacto %s; ahora es del otro registrador.",
		"The transfer of contact %s was rejected.":                                                            "Se rechazó la transferencia del contacto %s.",
		"The transfer of contact %s was requested. Its registrar can answer for five days; then it is yours.": "Se pidió la transferencia del contacto %s. Su registrador puede responder durante cinco días; después es suyo.",
		"Transfer a contact to you":                                                                           "Pedir la transferencia de un contacto",
		"Transfer code (authInfo)":                                                                            "Código de transferencia (authInfo)",
		"Transferred":                                                                                         "Transferido",
		"Whoever has it can ask for the contact through another registrar. The old one is worth nothing then.": "Quien lo tiene puede pedir el contacto por medio de otro registrador. El anterior deja de valer.",
		"You have asked for this contact": "Usted ha pedido este contacto",
		"You have no contacts yet":        "Todavía no tiene contactos",
	}
}

// spanishContactForm returns the Spanish of the form of a contact.
func spanishContactForm() map[string]string {
	return map[string]string{
		"3 to 16 letters, digits and signs. It stays as it is.": "De 3 a 16 letras, cifras y signos. Después no se puede cambiar.",
		"Address (int)":                  "Dirección (int)",
		"Address (loc)":                  "Dirección (loc)",
		"Address in local letters (loc)": "Dirección en letras locales (loc)",
		"Address in plain letters (int)": "Dirección en letras sin acentos (int)",
		"Company (if any)":               "Empresa (si la hay)",
		"Company (int)":                  "Empresa (int)",
		"Company (loc)":                  "Empresa (loc)",
		"Country, two letters":           "País, dos letras",
		"Edit contact %s":                "Editar el contacto %s",
		"Extension":                      "Extensión",
		"Fax extension":                  "Extensión del fax",
		"How to reach it":                "Cómo localizarlo",
		"Id":                             "Id",
		"Letters without accents only. One of the two addresses is enough.": "Solo letras sin acentos. Basta con una de las dos direcciones.",
		"Make the contact":              "Crear el contacto",
		"Name (int)":                    "Nombre (int)",
		"Name (loc)":                    "Nombre (loc)",
		"New contact":                   "Nuevo contacto",
		"Province (if any)":             "Departamento (si lo hay)",
		"Show in WHOIS and RDAP":        "Mostrar en WHOIS y RDAP",
		"Show what the public will see": "Ver lo que verá el público",
		"Street":                        "Calle",
		"Such as +57.6015550100":        "Como +57.6015550100",
		"What is not ticked is shown to nobody but you and those whom the law lets see it.": "Lo que no está marcado no se muestra a nadie más que a usted y a quienes la ley se lo permite.",
		"What the public sees":                 "Lo que ve el público",
		"With accents and any other letters.":  "Con acentos y cualquier otra letra.",
		"With what is ticked, everybody sees:": "Con lo marcado, todo el mundo ve:",
	}
}

// spanishHosts returns the Spanish of name servers.
func spanishHosts() map[string]string {
	return map[string]string{
		"A name uses this server, so it cannot be deleted. Give the name another one first.": "Un nombre usa este servidor, así que no se puede eliminar. Dé antes otro al nombre.",
		"Addresses": "Direcciones",
		"Another name renames it: all names that use it follow at once.": "Otro nombre lo renombra: todos los nombres que lo usan cambian a la vez.",
		"Below": "Debajo de",
		"Change the filters, or clear them to see all your name servers.": "Cambie los filtros, o bórrelos para ver todos sus servidores.",
		"Delete name server %s":                 "Eliminar el servidor %s",
		"Edit name server %s":                   "Editar el servidor %s",
		"IP addresses":                          "Direcciones IP",
		"Make one, then give it to your names.": "Cree uno y úselo en sus nombres.",
		"Make the name server":                  "Crear el servidor",
		"New name server":                       "Nuevo servidor de nombres",
		"No name server fits":                   "Ningún servidor coincide",
		"None of ours":                          "Ninguna nuestra",
		"One on each line. Only a server below a registered name has addresses here; for others they are ignored.": "Una por línea. Solo un servidor debajo de un nombre registrado tiene direcciones aquí; en otros se ignoran.",
		"Such as ns1.example.net, or below a name of yours.":                                                       "Como ns1.example.net, o debajo de un nombre suyo.",
		"The name server %s was changed.":                                                                          "Se cambió el servidor %s.",
		"The name server %s was deleted.":                                                                          "Se eliminó el servidor %s.",
		"The name server %s was made.":                                                                             "Se creó el servidor %s.",
		"This server is outside of our zones, so it has no addresses here and keeps its name.":                     "Este servidor está fuera de nuestras zonas, así que aquí no tiene direcciones y conserva su nombre.",
		"You have no name servers yet":                                                                             "Todavía no tiene servidores de nombres",
	}
}

// spanishMessages returns the Spanish of messages.
func spanishMessages() map[string]string {
	return map[string]string{
		"%s asks for it. Without an answer until %s it goes there.": "%s lo pide. Sin respuesta hasta el %s, pasa a ese registrador.",
		"%s messages were acknowledged.":                            "Se confirmaron %s mensajes.",
		"%s or more wait":                                           "Esperan %s o más",
		"%s wait":                                                   "Esperan %s",
		"About":                                                     "Sobre",
		"Acknowledge":                                               "Confirmar",
		"Acknowledge all of this page":                              "Confirmar todos los de esta página",
		"Acknowledge: %s %s":                                        "Confirmar: %s %s",
		"Amount: %s.":                                               "Importe: %s.",
		"Balance: %s; you can spend %s.":                            "Saldo: %s; puede gastar %s.",
		"Case %s.":                                                  "Caso %s.",
		"For %s.":                                                   "De %s.",
		"From %s to you, on %s.":                                    "De %s a usted, el %s.",
		"From %s until %s.":                                         "Del %s al %s.",
		"From you to %s, on %s.":                                    "De usted a %s, el %s.",
		"It was called %s before; all names that use it have followed.": "Antes se llamaba %s; todos los nombres que lo usan han cambiado con él.",
		"Lifted: %s.":               "Quitado: %s.",
		"Messages are switched off": "Los mensajes están desactivados",
		"No message waits":          "No hay mensajes",
		"Nothing is queued for your account. The account's settings switch them on again.": "No se guarda ninguno para su cuenta. Se activan de nuevo en la configuración de la cuenta.",
		"Reference: %s.":                "Referencia: %s.",
		"Set: %s.":                      "Puesto: %s.",
		"That was acknowledged before.": "Ya estaba confirmado.",
		"The deletion that you ordered has ended: the name is free.":                        "La eliminación que ordenó ha terminado: el nombre está libre.",
		"The message was acknowledged.":                                                     "Se confirmó el mensaje.",
		"Transfers, renewals and what the registry does with your names will be told here.": "Aquí se avisa de transferencias, renovaciones y lo que el registro hace con sus nombres.",
		"What the registry tells you. Your programs read the same queue by EPP.":            "Lo que el registro le avisa. Sus programas leen la misma cola por EPP.",
		"When": "Cuándo",
		"You asked %s for it. Without an answer until %s it is yours.": "Usted se lo pidió a %s. Sin respuesta hasta el %s, es suyo.",
		"You can spend %s; you wanted to be told below %s.":            "Puede gastar %s; pidió aviso por debajo de %s.",
	}
}

// spanishNews returns the Spanish of what has happened.
func spanishNews() map[string]string {
	return map[string]string{
		"A contact is no longer in use":                         "Un contacto ya no está en uso",
		"A contact was removed":                                 "Se eliminó un contacto",
		"A deleted name is free again":                          "Un nombre eliminado está libre de nuevo",
		"A fee is being considered":                             "Se está considerando una tarifa",
		"A name has expired and is suspended":                   "Un nombre venció y está suspendido",
		"A name has renewed itself":                             "Un nombre se renovó por sí solo",
		"A name server is gone":                                 "Un servidor de nombres ya no existe",
		"A name was deleted":                                    "Se eliminó un nombre",
		"A restored name has renewed itself":                    "Un nombre restaurado se renovó por sí solo",
		"A restored name was not renewed, and is deleted again": "Un nombre restaurado no se renovó y se eliminó otra vez",
		"A transfer was requested":                              "Se pidió una transferencia",
		"Little credit is left":                                 "Queda poco crédito",
		"The DS of a name follow its zone":                      "Los DS de un nombre siguen a su zona",
		"The DS that a zone asks for were refused":              "Se rechazaron los DS que pide una zona",
		"The hold of the account has ended":                     "Terminó la retención de la cuenta",
		"The registry has changed something":                    "El registro ha cambiado algo",
		"The registry has corrected the balance":                "El registro ha corregido el saldo",
	}
}

// spanishBulk returns the Spanish of bulk actions.
func spanishBulk() map[string]string {
	return map[string]string{
		"10,000 at most. Of a CSV file the first column counts.":                                                                                    "10,000 como máximo. De un archivo CSV cuenta la primera columna.",
		"These are the first %s names that your search finds, and there may be more. To take all, download them as CSV and choose that file below.": "Estos son los primeros %s nombres que encuentra su búsqueda, y puede haber más. Para tomarlos todos, descárguelos como CSV y elija ese archivo abajo.",
		"Action": "Acción",
		"All that each name has afterwards; none at all takes the names out of the zone.": "Todos los que cada nombre tendrá después; sin ninguno, los nombres salen de la zona.",
		"Being previewed":                "En vista previa",
		"Change contacts":                "Cambiar contactos",
		"For a renewal":                  "Para renovar",
		"For contacts":                   "Para contactos",
		"For locks":                      "Para bloqueos",
		"For name servers":               "Para servidores de nombres",
		"Lock":                           "Bloquear",
		"Name servers, one on each line": "Servidores de nombres, uno por línea",
		"Names, one on each line":        "Nombres, uno por línea",
		"New bulk action":                "Nueva acción masiva",
		"New transfer codes":             "Nuevos códigos de transferencia",
		"No bulk action yet":             "Todavía no hay acciones masivas",
		"None":                           "Ninguno",
		"Not to be renewed":              "No se puede renovar",
		"Nothing is done yet: the next page shows what would happen to each name, and what it would cost.": "Todavía no se hace nada: la página siguiente muestra qué pasaría con cada nombre y cuánto costaría.",
		"One thing done to many names: you see first what it would do and cost.":                           "Lo mismo para muchos nombres: primero ve qué haría y cuánto costaría.",
		"Or a file (text or CSV)": "O un archivo (texto o CSV)",
		"Paste a list of names, choose what to do, and look at the preview before anything happens.": "Pegue una lista de nombres, elija qué hacer y revise la vista previa antes de que pase nada.",
		"Running":              "En marcha",
		"Set name servers":     "Fijar servidores de nombres",
		"Stopped":              "Detenida",
		"The job was removed.": "Se quitó la acción.",
		"The job was stopped. What was done stays done.": "Se detuvo la acción. Lo hecho, hecho queda.",
		"Unlock":                             "Desbloquear",
		"Waits for you":                      "Espera por usted",
		"What is left empty stays as it is.": "Lo que queda vacío no cambia.",
		"What to do with them":               "Qué hacer con ellos",
		"Which names":                        "Qué nombres",
		"Write a number of years.":           "Escriba un número de años.",
	}
}

// spanishBulkPage returns the Spanish of the page of a bulk action.
func spanishBulkPage() map[string]string {
	return map[string]string{
		"%s done, %s refused, %s with nothing to do.": "%s hechos, %s rechazados, %s sin nada que hacer.",

		"%s of %s names are done with.":       "%s de %s nombres están terminados.",
		"%s of %s names have been looked at.": "Se han revisado %s de %s nombres.",
		"Bulk action: %s":                     "Acción masiva: %s",
		"Cost:":                               "Costo:",
		"Credited:":                           "Abonado:",
		"Done":                                "Hecho",
		"It will cost:":                       "Costará:",
		"No name would be changed.":           "No se cambiaría ningún nombre.",
		"Not looked at yet":                   "Aún sin revisar",
		"Nothing to do":                       "Nada que hacer",
		"Preview":                             "Vista previa",
		"Progress":                            "Avance",
		"Refused":                             "Rechazado",
		"Result file":                         "Archivo de resultados",
		"Stop":                                "Detener",
		"That is more than you can spend: names are done until the credit ends, and the others are refused.":      "Es más de lo que puede gastar: se hacen nombres hasta que se acabe el crédito, y los demás se rechazan.",
		"The job and its result are removed by themselves:":                                                       "La acción y su resultado se eliminan por sí solos:",
		"The result file has the new transfer codes. It tells them for a week, and only while they are in force.": "El archivo de resultados tiene los nuevos códigos de transferencia. Los muestra durante una semana, y solo mientras estén vigentes.",
		"Will be done": "Se hará",
		"You can leave this page; the job goes on without you.": "Puede salir de esta página; la acción sigue sin usted.",
		"You can spend %s.":     "Puede gastar %s.",
		"You will be credited:": "Se le abonará:",
		"stopped by %s":         "detenida por %s",
	}
}

// spanishShared returns the Spanish of what several of these pages say.
func spanishShared() map[string]string {
	return map[string]string{
		"Bulk action":      "Acción masiva",
		"All":              "Todos",
		"Company":          "Empresa",
		"Delete…":          "Eliminar…",
		"E-mail":           "Correo",
		"Edit":             "Editar",
		"In use":           "En uso",
		"In use by a name": "En uso por un nombre",
		"It goes at once, and cannot be brought back.": "Se elimina de inmediato y no se puede recuperar.",
		"Made":                  "Creado",
		"Names that use it":     "Nombres que lo usan",
		"None.":                 "Ninguno.",
		"Not in use":            "Sin uso",
		"Not shown":             "No se muestra",
		"Not to be changed":     "No se puede cambiar",
		"Not to be deleted":     "No se puede eliminar",
		"Not to be transferred": "No se puede transferir",
		"What you look for is rare among them: the search goes on with the next page.": "Lo que busca es raro entre ellos: la búsqueda sigue en la página siguiente.",
	}
}
