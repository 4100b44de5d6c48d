using Microsoft.Extensions.DependencyInjection;
using Omni.Core.Contacts;

namespace Omni.Infrastructure.Contacts;

/// <summary>Contacts: reading, merging, importing, erasing.</summary>
public static class ContactsModule
{
    /// <summary>Registers contacts. Needs <c>AddData</c> and <c>AddMedia</c>.</summary>
    public static IServiceCollection AddContacts(this IServiceCollection services)
    {
        services.AddSingleton<IContactReader, ContactReader>();
        services.AddSingleton<IErasedTraces, ErasedTraces>();
        services.AddSingleton<ContactService>();
        services.AddSingleton<ContactMergeService>();
        services.AddSingleton<ContactErasure>();
        services.AddSingleton<ContactImport>();
        return services;
    }
}
