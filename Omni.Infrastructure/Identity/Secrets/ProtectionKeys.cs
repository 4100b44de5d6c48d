using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace Omni.Infrastructure.Identity.Secrets;

/// <summary>Keeps the Data Protection keys (cookies, antiforgery) in the database, shared by all nodes, whole and wrapped by the master key.</summary>
internal sealed class ProtectionKeys(MasterKeys masters, DataKeyStore store) : IXmlRepository
{
    private const string Prefix = "protection ";

    public IReadOnlyCollection<XElement> GetAllElements() => [.. store.ReadAll(Prefix).Select(row =>
        XElement.Parse(Encoding.UTF8.GetString(masters.Find(MasterKey.IdOf(row.Wrapped)).Unwrap(row.Wrapped, DataKeyStore.PlaceOf(row.Name)))))];

    public void StoreElement(XElement element, string friendlyName)
    {
        var name = Prefix + friendlyName;
        var xml = Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting));
        store.Write(name, masters.Current.Wrap(xml, DataKeyStore.PlaceOf(name)));
    }

    /// <summary>Puts the repository in place.</summary>
    internal sealed class Setup(ProtectionKeys keys) : IConfigureOptions<KeyManagementOptions>
    {
        public void Configure(KeyManagementOptions options)
        {
            options.XmlRepository = keys;
            // The repository wraps the whole element, so the framework must not look for a way of its own.
            options.XmlEncryptor = new Whole();
        }
    }

    private sealed class Whole : Microsoft.AspNetCore.DataProtection.XmlEncryption.IXmlEncryptor
    {
        public Microsoft.AspNetCore.DataProtection.XmlEncryption.EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
            new(plaintextElement, typeof(WholeDecryptor));
    }
}

/// <summary>The other half of leaving elements as they are: the whole key was unwrapped already.</summary>
internal sealed class WholeDecryptor : Microsoft.AspNetCore.DataProtection.XmlEncryption.IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => encryptedElement;
}
